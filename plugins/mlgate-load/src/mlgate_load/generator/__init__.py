"""What runs in the generator's own process. The gate's process imports none of this: gevent changes what it enters."""
