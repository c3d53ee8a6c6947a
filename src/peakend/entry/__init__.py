"""Where everything is joined: app, worker, command line, demo."""
