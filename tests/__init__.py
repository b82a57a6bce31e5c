"""What the answers must do, and the machinery that checks them."""
