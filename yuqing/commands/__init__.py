"""The commands, one file each; `yuqing.cli` imports a file only when its command is asked for."""
