"""What a change of settings does to the network: to read beside the change, before anybody agrees to it."""
