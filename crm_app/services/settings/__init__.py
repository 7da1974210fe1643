"""What an installation chooses from and asks for: statuses, tags, own fields. All of it takes the right to settings."""
