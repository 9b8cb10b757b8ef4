"""How an official list becomes a dated table: read, taken row by row, merged by date, written."""
