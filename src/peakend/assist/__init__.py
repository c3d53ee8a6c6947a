"""数字客服: the digital agent, its hand-over to people, and help beside the agent."""
