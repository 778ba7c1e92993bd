"""WooCommerce's records and our plugin's signals in our words, one file a noun.

Every mapper is a pure function of one JSON object and what came with it. It tolerates null,
missing and oddly typed fields: what cannot be read was not told.
"""
