"""What the tests of a kata are written with."""
