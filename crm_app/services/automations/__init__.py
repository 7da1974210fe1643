"""Automations: something happens to a contact, and what somebody wished for such contacts is done by itself.

`happenings` puts down what happened, in the transaction in which it does; `working` works it off; `sweeping` finds what
happens by time alone; `definitions` keeps the automations, `actions` is what they can do, `trial` says what they would.
"""
