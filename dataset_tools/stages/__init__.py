"""The steps of the flow, one module each; they never import each other and never print."""
