"""What the four powers of land do, one file each."""
