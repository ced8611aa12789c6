"""Single files and folders of a site or OneDrive account: looked for inside express points, gathered, restored."""
