"""The house rules that no linter knows, each a test whose name is the rule."""
