"""Tables of cities and contacts as files: CSV and XLSX, read and written row by row."""
