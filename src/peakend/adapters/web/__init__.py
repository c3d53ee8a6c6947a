"""The web channel: the widget and the H5 page; it speaks the visitor API of conversations."""
