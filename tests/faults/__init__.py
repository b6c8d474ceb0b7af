"""What happens when the world is not as it should be: wrong inputs, full disks, locked files, bad pages."""
