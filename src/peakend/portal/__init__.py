"""自助服务: the public help centre, made on the server, whole without script."""
