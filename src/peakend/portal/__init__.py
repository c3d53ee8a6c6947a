"""自助服务: the public help centre."""
