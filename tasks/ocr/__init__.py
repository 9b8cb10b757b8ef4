"""OCR: pages become words with boxes, zones of known forms, bar codes and measured quality."""
