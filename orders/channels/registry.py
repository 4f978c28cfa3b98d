"""One line per channel."""

from collections.abc import Callable

from orders.channels.base import Channel
from orders.channels.direct.channel import DirectChannel
from orders.domain.channels import UnknownChannel
from orders.models import Store

CHANNELS: dict[str, Callable[[Store], Channel]] = {
    "direct": DirectChannel,
}


def channel_for(store: Store) -> Channel:
    """Return the channel of a store, or refuse."""
    try:
        return CHANNELS[store.channel](store)
    except KeyError:
        raise UnknownChannel(channel=store.channel) from None
