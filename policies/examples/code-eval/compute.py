"""A harmless snippet: 1000 decimals of pi by Machin's formula, left in the work directory."""
import hashlib
import json
import os

DECIMALS = 1000


def arctan_of_inverse(n, one):
    """arctan(1/n), scaled by `one`."""
    power = one // n
    total = power
    square, divisor, sign = n * n, 3, -1
    while power:
        power //= square
        total += sign * (power // divisor)
        divisor += 2
        sign = -sign
    return total


one = 10 ** (DECIMALS + 10)
pi = 4 * (4 * arctan_of_inverse(5, one) - arctan_of_inverse(239, one)) // 10 ** 10
digits = str(pi)
result = {
    "decimals": len(digits) - 1,
    "first": digits[:10],
    "last": digits[-10:],
    "sha256": hashlib.sha256(digits.encode()).hexdigest(),
}
path = os.path.join(os.environ["HOME"], "result.json")
with open(path, "w") as out:
    json.dump(result, out)
print(f"computed pi to {result['decimals']} decimals, the last ten are {result['last']}")
print(f"wrote {os.path.basename(path)} into the work directory")
