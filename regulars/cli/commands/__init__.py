"""One module per subcommand; see ``main.find_commands`` for what each holds."""
