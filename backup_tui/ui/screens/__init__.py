"""The screens, one module or folder for each."""
