"""外部世界: the outside world behind the ports of the contexts."""
