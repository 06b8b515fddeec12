"""Files as a bad disk or a broken download leaves them."""

from __future__ import annotations

from random import Random


def damage(random: Random, content: bytes) -> bytes:
    """Changes, removes and repeats bytes at random places, and now and then cuts off the rest."""
    data = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        if not data:
            break
        place = random.randrange(len(data))
        match random.randrange(5):
            case 0:
                data[place] = random.randrange(256)
            case 1:
                data[place] ^= 1 << random.randrange(8)
            case 2:
                del data[place : place + random.randrange(1, 60)]
            case 3:
                data[place:place] = data[place : place + random.randrange(1, 200)]
            case _:
                data = data[:place] if random.random() < 0.2 else data
    return bytes(data)
