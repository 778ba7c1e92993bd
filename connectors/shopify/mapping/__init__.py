"""Shopify's payloads in our words, one file a noun.

Every mapper is a pure function of one webhook's JSON and what came with it. It tolerates
null, missing and oddly typed fields: what cannot be read was not told. Only a payload that
lacks what its topic is about (an order without an id) raises `UnreadableWebhook`.
"""
