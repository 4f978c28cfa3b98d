"""A shop for trying the desk out: invented people and goods, moved by the real actions.

It lives here because only the composition root may know tickets, feedback and training at once.
"""
