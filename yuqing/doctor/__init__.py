"""What `yuqing doctor` looks at: one file for the machine, one for what lies on disk, one for the world outside."""
