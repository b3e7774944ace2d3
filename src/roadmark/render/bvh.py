"""The portable tracer: bounding volume hierarchies built and walked in plain numba.

Two levels: a tree of triangles per mesh, a tree of instances on top. A node is eight words: the box, and two links.
An inner node's links are its right child and 0 (the left child follows it), a leaf's the first item and the count of
items. Trees of many meshes lie in one array; links are relative to the tree's root.

The triangle test is watertight: edge functions of the ray's Pluecker coordinates, as in Embree's robust mode.
"""

from __future__ import annotations

import numpy as np

from roadmark.render.jit import Array, Scalar, device_function, kernel_with_memory

LEAF_SIZE = 4
BINS = 16
OUTER_STACK = 336  # words of a packet behind Embree's: nodes still to visit, of both levels
INNER_STACK = 400
_BOX_SLACK = 1.0 + 4.0e-7  # rounding of the slab test, so that no box its triangle touches is missed
_TINY = 1.0e-18

f32 = np.float32


@kernel_with_memory
def build_tree(low: Array, high: Array, nodes: Array, links: Array, order: Array) -> int:
    """Build a tree by binned surface area heuristic (Wald, "On fast construction of SAH-based BVHs", 2007).

    Args:
        low: (N, 3) float32 lowest corner per item, N > 0.
        high: (N, 3) float32 highest corner.
        nodes: (2 N, 8) float32, written.
        links: The same memory as int32.
        order: (N,) int32, written: items in leaf order.

    Returns:
        The number of nodes.
    """
    count = low.shape[0]
    for i in range(count):
        order[i] = i
    centers = np.empty((count, 3), np.float32)
    for i in range(count):
        for axis in range(3):
            centers[i, axis] = f32(0.5) * (low[i, axis] + high[i, axis])
    boxes = np.empty((BINS + 1, 6), np.float32)
    members = np.empty(BINS, np.int64)
    right_cost = np.empty(BINS, np.float32)
    begin_stack = np.empty(256, np.int64)
    end_stack = np.empty(256, np.int64)
    parent_stack = np.empty(256, np.int64)
    begin_stack[0] = 0
    end_stack[0] = count
    parent_stack[0] = -1
    depth = 1
    used = 0
    while depth > 0:
        depth -= 1
        begin = begin_stack[depth]
        end = end_stack[depth]
        node = used
        used += 1
        if parent_stack[depth] >= 0:
            links[parent_stack[depth], 6] = node
        _store_box(low, high, order, begin, end, nodes, node)
        middle = _split(low, high, centers, order, begin, end, boxes, members, right_cost)
        if middle < 0:
            links[node, 6] = begin
            links[node, 7] = end - begin
        else:
            links[node, 7] = 0
            # The right half waits, the left one follows at once: a left child is always the next node.
            begin_stack[depth] = middle
            end_stack[depth] = end
            parent_stack[depth] = node
            begin_stack[depth + 1] = begin
            end_stack[depth + 1] = middle
            parent_stack[depth + 1] = -1
            depth += 2
    return used


@device_function
def _store_box(low: Array, high: Array, order: Array, begin: Scalar, end: Scalar, nodes: Array, node: Scalar) -> None:
    for axis in range(3):
        smallest = f32(np.inf)
        largest = f32(-np.inf)
        for i in range(begin, end):
            smallest = min(smallest, low[order[i], axis])
            largest = max(largest, high[order[i], axis])
        nodes[node, axis] = smallest
        nodes[node, 3 + axis] = largest


@device_function
def _half_area(box: Array, row: Scalar) -> Scalar:
    x = box[row, 3] - box[row, 0]
    y = box[row, 4] - box[row, 1]
    z = box[row, 5] - box[row, 2]
    return x * y + y * z + z * x


@device_function
def _grow(box: Array, row: Scalar, low: Array, high: Array, item: Scalar) -> None:
    for axis in range(3):
        box[row, axis] = min(box[row, axis], low[item, axis])
        box[row, 3 + axis] = max(box[row, 3 + axis], high[item, axis])


@device_function
def _clear(box: Array, row: Scalar) -> None:
    for axis in range(3):
        box[row, axis] = f32(np.inf)
        box[row, 3 + axis] = f32(-np.inf)


@device_function
def _merge(box: Array, row: Scalar, other: Array, other_row: Scalar) -> None:
    for axis in range(3):
        box[row, axis] = min(box[row, axis], other[other_row, axis])
        box[row, 3 + axis] = max(box[row, 3 + axis], other[other_row, 3 + axis])


@device_function
def _split(
    low: Array, high: Array, centers: Array, order: Array, begin: Scalar, end: Scalar, boxes: Array, members: Array,
    right_cost: Array,
) -> Scalar:  # fmt: skip
    """Partition order[begin:end] in place; the first item of the right half, or -1 for a leaf."""
    count = end - begin
    if count <= 1:
        return -1
    axis, smallest, extent = _widest_axis(centers, order, begin, end)
    if extent <= f32(0.0):
        return -1 if count <= LEAF_SIZE else begin + count // 2
    scale = f32(BINS) * f32(0.99999) / extent
    for i in range(BINS):
        members[i] = 0
        _clear(boxes, i)
    for i in range(begin, end):
        bin_index = int((centers[order[i], axis] - smallest) * scale)
        members[bin_index] += 1
        _grow(boxes, bin_index, low, high, order[i])
    cut, cost, whole = _cheapest_cut(boxes, members, right_cost, count)
    if count <= LEAF_SIZE and cost >= whole * f32(count):
        return -1
    return _partition(centers, order, begin, end, axis, smallest, scale, cut)


@device_function
def _widest_axis(centers: Array, order: Array, begin: Scalar, end: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    best_axis = 0
    best_low = f32(0.0)
    best_extent = f32(-1.0)
    for axis in range(3):
        smallest = f32(np.inf)
        largest = f32(-np.inf)
        for i in range(begin, end):
            value = centers[order[i], axis]
            smallest = min(smallest, value)
            largest = max(largest, value)
        if largest - smallest > best_extent:
            best_axis = axis
            best_low = smallest
            best_extent = largest - smallest
    return best_axis, best_low, best_extent


@device_function
def _cheapest_cut(boxes: Array, members: Array, right_cost: Array, everything: Scalar) -> tuple[Scalar, Scalar, Scalar]:
    """Bin after which to cut, its cost (area times items on both sides), the whole's area. The last box is scratch."""
    _clear(boxes, BINS)
    total = 0
    for i in range(BINS - 1, 0, -1):
        _merge(boxes, BINS, boxes, i)
        total += members[i]
        right_cost[i] = _half_area(boxes, BINS) * f32(total) if total > 0 else f32(0.0)
    _clear(boxes, BINS)
    total = 0
    best = 0
    best_cost = f32(np.inf)
    for i in range(BINS - 1):
        _merge(boxes, BINS, boxes, i)
        total += members[i]
        if 0 < total < everything:
            cost = _half_area(boxes, BINS) * f32(total) + right_cost[i + 1]
            if cost < best_cost:
                best_cost = cost
                best = i
    _merge(boxes, BINS, boxes, BINS - 1)
    return best, best_cost, _half_area(boxes, BINS)


@device_function
def _partition(
    centers: Array, order: Array, begin: Scalar, end: Scalar, axis: Scalar, smallest: Scalar, scale: Scalar, cut: Scalar
) -> Scalar:
    left = begin
    right = end - 1
    while left <= right:
        if int((centers[order[left], axis] - smallest) * scale) <= cut:
            left += 1
        else:
            swap = order[left]
            order[left] = order[right]
            order[right] = swap
            right -= 1
    return left


@device_function
def _box_entry(
    nodes: Array,
    node: Scalar,
    x: Scalar,
    y: Scalar,
    z: Scalar,
    ix: Scalar,
    iy: Scalar,
    iz: Scalar,
    near: Scalar,
    far: Scalar,
) -> Scalar:
    """Distance at which a ray enters a node's box, or infinity; ix, iy, iz are reciprocals of the direction."""
    ax = (nodes[node, 0] - x) * ix
    bx = (nodes[node, 3] - x) * ix
    ay = (nodes[node, 1] - y) * iy
    by = (nodes[node, 4] - y) * iy
    az = (nodes[node, 2] - z) * iz
    bz = (nodes[node, 5] - z) * iz
    entry = max(min(ax, bx), min(ay, by), min(az, bz), near)
    leave = min(max(ax, bx), max(ay, by), max(az, bz), far) * f32(_BOX_SLACK)
    return entry if entry <= leave else f32(np.inf)


@device_function
def _reciprocal(value: Scalar) -> Scalar:
    if abs(value) > f32(_TINY):
        return f32(1.0) / value
    return f32(-1.0 / _TINY) if value < f32(0.0) else f32(1.0 / _TINY)


@device_function
def _hit_triangle(
    corners: Array, row: Scalar, x: Scalar, y: Scalar, z: Scalar, dx: Scalar, dy: Scalar, dz: Scalar
) -> tuple[Scalar, Scalar, Scalar]:
    """Distance, u and v of a ray and a triangle; distance -1 where the ray misses it."""
    ax = corners[row, 0] - x
    ay = corners[row, 1] - y
    az = corners[row, 2] - z
    bx = corners[row, 3] - x
    by = corners[row, 4] - y
    bz = corners[row, 5] - z
    cx = corners[row, 6] - x
    cy = corners[row, 7] - y
    cz = corners[row, 8] - z
    e0x, e0y, e0z = cx - ax, cy - ay, cz - az
    e1x, e1y, e1z = ax - bx, ay - by, az - bz
    e2x, e2y, e2z = bx - cx, by - cy, bz - cz
    sx, sy, sz = cx + ax, cy + ay, cz + az
    u = (e0y * sz - e0z * sy) * dx + (e0z * sx - e0x * sz) * dy + (e0x * sy - e0y * sx) * dz
    sx, sy, sz = ax + bx, ay + by, az + bz
    v = (e1y * sz - e1z * sy) * dx + (e1z * sx - e1x * sz) * dy + (e1x * sy - e1y * sx) * dz
    sx, sy, sz = bx + cx, by + cy, bz + cz
    w = (e2y * sz - e2z * sy) * dx + (e2z * sx - e2x * sz) * dy + (e2x * sy - e2y * sx) * dz
    total = u + v + w
    slack = f32(1.2e-7) * abs(total)
    inside = min(u, v, w) >= -slack or max(u, v, w) <= slack
    nx = e0y * e1z - e0z * e1y
    ny = e0z * e1x - e0x * e1z
    nz = e0x * e1y - e0y * e1x
    facing = nx * dx + ny * dy + nz * dz
    if not inside or facing == f32(0.0) or total == f32(0.0):
        return f32(-1.0), f32(0.0), f32(0.0)
    return (nx * ax + ny * ay + nz * az) / facing, u / total, v / total


@device_function
def _into_mesh(
    placements: Array, instance: Scalar, rays: Array, lane: Scalar
) -> tuple[Scalar, Scalar, Scalar, Scalar, Scalar, Scalar]:
    """Origin and direction of a lane's ray in the frame of an instance's mesh."""
    x = rays[lane]
    y = rays[16 + lane]
    z = rays[32 + lane]
    dx = rays[64 + lane]
    dy = rays[80 + lane]
    dz = rays[96 + lane]
    m = placements
    i = instance
    return (
        m[i, 12] * x + m[i, 13] * y + m[i, 14] * z + m[i, 15],
        m[i, 16] * x + m[i, 17] * y + m[i, 18] * z + m[i, 19],
        m[i, 20] * x + m[i, 21] * y + m[i, 22] * z + m[i, 23],
        m[i, 12] * dx + m[i, 13] * dy + m[i, 14] * dz,
        m[i, 16] * dx + m[i, 17] * dy + m[i, 18] * dz,
        m[i, 20] * dx + m[i, 21] * dy + m[i, 22] * dz,
    )


@device_function
def _walk_mesh(
    instance: Scalar, lane: Scalar, rays: Array, words: Array, nodes: Array, links: Array, corners: Array,
    source: Array, placements: Array, roots: Array, any_hit: Scalar,
) -> Scalar:  # fmt: skip
    """Follow one ray through one instance's tree; stores nearer hits and says whether it found any."""
    x, y, z, dx, dy, dz = _into_mesh(placements, instance, rays, lane)
    ix, iy, iz = _reciprocal(dx), _reciprocal(dy), _reciprocal(dz)
    near = rays[48 + lane]
    root = roots[instance, 0]
    first = roots[instance, 1]
    found = False
    stack = INNER_STACK
    words[stack] = 0
    size = 1
    while size > 0:
        size -= 1
        node = root + words[stack + size]
        if _box_entry(nodes, node, x, y, z, ix, iy, iz, near, rays[128 + lane]) == f32(np.inf):
            continue
        count = links[node, 7]
        if count == 0:
            # The nearer child is visited first.
            left = node - root + 1
            right = links[node, 6]
            left_entry = _box_entry(nodes, root + left, x, y, z, ix, iy, iz, near, rays[128 + lane])
            right_entry = _box_entry(nodes, root + right, x, y, z, ix, iy, iz, near, rays[128 + lane])
            if right_entry < left_entry:
                left, right = right, left
                left_entry, right_entry = right_entry, left_entry
            if right_entry < f32(np.inf):
                words[stack + size] = right
                size += 1
            if left_entry < f32(np.inf):
                words[stack + size] = left
                size += 1
            continue
        begin = first + links[node, 6]
        for row in range(begin, begin + count):
            distance, u, v = _hit_triangle(corners, row, x, y, z, dx, dy, dz)
            if near < distance < rays[128 + lane]:
                found = True
                rays[128 + lane] = distance
                if any_hit:
                    return True
                rays[240 + lane] = u
                rays[256 + lane] = v
                words[272 + lane] = source[row]
                words[288 + lane] = 0
                words[304 + lane] = instance
    return found


@device_function
def walk_scene(
    lane: Scalar, rays: Array, words: Array, top_nodes: Array, top_links: Array, order: Array, nodes: Array,
    links: Array, corners: Array, source: Array, placements: Array, roots: Array, any_hit: Scalar,
) -> Scalar:  # fmt: skip
    """Follow one lane's ray through the tree of instances and their meshes' trees.

    The nearest hit is written into the packet; with `any_hit` the first one found ends the search.

    Returns:
        Whether anything was hit.
    """
    x, y, z = rays[lane], rays[16 + lane], rays[32 + lane]
    ix, iy, iz = _reciprocal(rays[64 + lane]), _reciprocal(rays[80 + lane]), _reciprocal(rays[96 + lane])
    near = rays[48 + lane]
    stack = OUTER_STACK
    words[stack] = 0
    size = 1
    found = False
    while size > 0:
        size -= 1
        node = words[stack + size]
        if _box_entry(top_nodes, node, x, y, z, ix, iy, iz, near, rays[128 + lane]) == f32(np.inf):
            continue
        count = top_links[node, 7]
        if count == 0:
            words[stack + size] = top_links[node, 6]
            words[stack + size + 1] = node + 1
            size += 2
            continue
        begin = top_links[node, 6]
        for item in range(begin, begin + count):
            instance = order[item]
            if roots[instance, 2] & words[144 + lane]:
                hit = _walk_mesh(instance, lane, rays, words, nodes, links, corners, source, placements, roots, any_hit)
                if hit:
                    found = True
                    if any_hit:
                        return True
    return found
