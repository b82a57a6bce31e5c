"""What happens when Python runs a kata's file: k03, k12, k22, k24 and k30 are programs too."""
