"""A process that can do little: what a hostile model file may reach when it is opened, and what it can't.

Nothing here knows what a model is. `Child` starts a worker, confines it and exchanges bounded frames with it.
"""
