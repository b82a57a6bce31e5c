"""`--watch`: stays, and checks each answer when its file is saved."""
