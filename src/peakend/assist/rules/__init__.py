"""What assist decides: what the digital agent says, who needs help, how words sound."""
