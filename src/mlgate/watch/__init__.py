"""The third use case: judge the model that is in use again, on new rows, and take it back where a rule is broken."""

from mlgate.watch.metrics import Metrics
from mlgate.watch.watching import Look, Outcome, Watch, watch
from mlgate.watch.webhook import Webhook, notify

__all__ = ["Look", "Metrics", "Outcome", "Watch", "Webhook", "notify", "watch"]
