"""Vector products: the same bits as numpy's, for both floating types and for one vector against many."""

import numpy as np
import pytest

from roadmark.world.vectors import cross


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("other", [(40, 3), (3,)])
def test_cross_is_numpys(kind: type[np.floating], other: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    first, second = (rng.normal(size=shape).astype(kind) for shape in ((40, 3), other))
    product = cross(first, second)
    assert product.dtype == kind
    np.testing.assert_array_equal(product, np.cross(first, second))
