"""The platform as people meet it: a real server, a real browser, the demonstration inside."""
