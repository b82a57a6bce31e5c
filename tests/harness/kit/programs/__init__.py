"""What happens when Python runs a kata's file: k03, k12, k22, k24, k30 and k46 are programs too."""
