"""The merchant's other programs, one file each."""
