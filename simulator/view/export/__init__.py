"""The room as files for other programs: glTF and a web page."""
