"""Ports: links, codes and pages by which customers answer questions of the shop."""
