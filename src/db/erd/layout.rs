//! Where everything stands: tables in layers from left to right, what is referred to left of what refers to it.
//!
//! The steps are those of Sugiyama, Tagawa and Toda (1981), for each connected part of the drawing on its own: turn round references
//! that close a circle, give every table a layer, split layers that would be taller than the drawing is meant to be, put a bend into
//! references that pass a layer, order each layer by where its neighbours stand, and pull everything level with its neighbours without
//! overlap. The parts are then set in rows. Nothing is random: the same schema gives the same drawing.
//!
//! Long because the steps of one method work on the same few values.

use std::collections::BTreeSet;

/// A table to place.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

/// A reference to draw: tables, and how far below their tops it leaves and arrives.
#[derive(Debug, Clone, Copy)]
pub struct Link {
    pub from: usize,
    pub to: usize,
    pub from_y: f64,
    pub to_y: f64,
}

#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// Left upper corner of every table.
    pub corners: Vec<(f64, f64)>,
    /// For every link the points it passes, from the table that refers to the other.
    pub paths: Vec<Vec<(f64, f64)>>,
    pub width: f64,
    pub height: f64,
}

const GAP_X: f64 = 72.0;
const GAP_Y: f64 = 28.0;
/// Height that a reference takes in a layer it passes.
const BEND: f64 = 10.0;
const PART_GAP: f64 = 56.0;
/// Width by height of the whole.
const ASPECT: f64 = 1.6;

/// A table, or the bend of a link in a layer that it passes.
#[derive(Debug, Clone, Copy)]
struct Node {
    table: Option<usize>,
    width: f64,
    height: f64,
    x: f64,
    y: f64,
}

/// What stands between two nodes of neighbouring layers, and where on them (from their tops).
#[derive(Debug, Clone, Copy)]
struct Segment {
    left: usize,
    right: usize,
    left_y: f64,
    right_y: f64,
}

pub fn place(sizes: &[Size], links: &[Link]) -> Layout {
    let mut layout = Layout {
        corners: vec![(0.0, 0.0); sizes.len()],
        paths: vec![Vec::new(); links.len()],
        width: 0.0,
        height: 0.0,
    };
    let mut parts: Vec<Part> = components(sizes.len(), links)
        .into_iter()
        .map(|tables| Part::place(&tables, sizes, links))
        .collect();
    // Large parts first; among equals the order of the names holds.
    parts.sort_by_key(|part| std::cmp::Reverse(part.tables));
    let area: f64 = parts
        .iter()
        .map(|part| (part.width + PART_GAP) * (part.height + PART_GAP))
        .sum();
    let widest = parts.iter().map(|part| part.width).fold(0.0, f64::max);
    let row_width = (area * ASPECT).sqrt().max(widest);
    let (mut x, mut y, mut row_height) = (0.0_f64, 0.0, 0.0_f64);
    for part in &parts {
        if x > 0.0 && x + part.width > row_width {
            (x, y) = (0.0, y + row_height + PART_GAP);
            row_height = 0.0;
        }
        for &(table, (left, top)) in &part.corners {
            layout.corners[table] = (x + left, y + top);
        }
        for (link, points) in &part.paths {
            layout.paths[*link] = points.iter().map(|(left, top)| (x + left, y + top)).collect();
        }
        layout.width = layout.width.max(x + part.width);
        layout.height = layout.height.max(y + part.height);
        row_height = row_height.max(part.height);
        x += part.width + PART_GAP;
    }
    layout
}

/// What stands for the part that a table belongs to.
fn root(part: &mut [usize], mut at: usize) -> usize {
    while part[at] != at {
        part[at] = part[part[at]];
        at = part[at];
    }
    at
}

/// Tables that hang together, each list in rising order.
fn components(count: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut part: Vec<usize> = (0..count).collect();
    for link in links {
        let (one, other) = (root(&mut part, link.from), root(&mut part, link.to));
        let (low, high) = (one.min(other), one.max(other));
        part[high] = low;
    }
    let mut lists: Vec<Vec<usize>> = vec![Vec::new(); count];
    for at in 0..count {
        let root = root(&mut part, at);
        lists[root].push(at);
    }
    lists.retain(|list| !list.is_empty());
    lists
}

/// A connected part with places of its own.
struct Part {
    tables: usize,
    corners: Vec<(usize, (f64, f64))>,
    paths: Vec<(usize, Vec<(f64, f64)>)>,
    width: f64,
    height: f64,
}

impl Part {
    fn place(tables: &[usize], sizes: &[Size], links: &[Link]) -> Self {
        let inside: BTreeSet<usize> = tables.iter().copied().collect();
        let own: Vec<usize> = (0..links.len())
            .filter(|&at| inside.contains(&links[at].from))
            .collect();
        let pairs: BTreeSet<(usize, usize)> = own
            .iter()
            .map(|&at| (links[at].from, links[at].to))
            .filter(|(from, to)| from != to)
            .collect();
        let layers = split(layers(tables, &pairs), &pairs, sizes);
        let mut grid = Grid::new(&layers, sizes, links, &own);
        grid.order();
        grid.settle();
        grid.spread();
        grid.finish(tables.len(), links, &own)
    }
}

/// Every table with its layer; a reference goes to a lower one, unless it closes a circle.
fn layers(tables: &[usize], pairs: &BTreeSet<(usize, usize)>) -> Vec<Vec<usize>> {
    use std::collections::BTreeMap;
    let targets: BTreeMap<usize, Vec<usize>> = tables
        .iter()
        .map(|&table| {
            let of = pairs.range((table, 0)..=(table, usize::MAX));
            (table, of.map(|(_, to)| *to).collect())
        })
        .collect();
    let mut layer: BTreeMap<usize, usize> = BTreeMap::new();
    let mut open: BTreeSet<usize> = BTreeSet::new();
    // A walk in depth without recursion; a target that is still open closes a circle and does not count.
    for &start in tables {
        let mut stack = vec![(start, 0_usize)];
        while let Some(&(table, next)) = stack.last() {
            if next == 0 && layer.contains_key(&table) {
                stack.pop();
                continue;
            }
            open.insert(table);
            let Some(&target) = targets[&table].get(next) else {
                let deepest = targets[&table]
                    .iter()
                    .filter(|target| !open.contains(target))
                    .filter_map(|target| layer.get(target))
                    .max();
                layer.insert(table, deepest.map_or(0, |deepest| deepest + 1));
                open.remove(&table);
                stack.pop();
                continue;
            };
            if let Some(top) = stack.last_mut() {
                top.1 += 1;
            }
            if !layer.contains_key(&target) && !open.contains(&target) {
                stack.push((target, 0));
            }
        }
    }
    // What refers to nothing stands beside the nearest that refers to it.
    for &table in tables {
        if targets[&table].is_empty() {
            let nearest = pairs
                .iter()
                .filter(|(_, to)| *to == table)
                .filter_map(|(from, _)| layer.get(from))
                .min();
            if let Some(&nearest) = nearest.filter(|nearest| **nearest > 0) {
                layer.insert(table, nearest - 1);
            }
        }
    }
    let count = layer.values().max().map_or(0, |last| last + 1);
    let mut layers = vec![Vec::new(); count];
    for &table in tables {
        layers[layer[&table]].push(table);
    }
    layers.retain(|layer| !layer.is_empty());
    layers
}

/// Splits layers that are much taller than the part should be.
fn split(layers: Vec<Vec<usize>>, pairs: &BTreeSet<(usize, usize)>, sizes: &[Size]) -> Vec<Vec<usize>> {
    let tall = |table: &usize| sizes[*table].height + GAP_Y;
    let all = || layers.iter().flatten();
    let area: f64 = all()
        .map(|table| tall(table) * (sizes[*table].width + GAP_X))
        .sum();
    let tallest = all().map(tall).fold(0.0, f64::max);
    let most = (area / ASPECT).sqrt().mul_add(1.25, 0.0).max(tallest);
    let mut places = vec![0_usize; sizes.len()];
    let mut result: Vec<Vec<usize>> = Vec::new();
    for mut layer in layers {
        let total: f64 = layer.iter().map(tall).sum();
        if total > most * 1.3 {
            // Neighbours in the same column: order by what they refer to before the cut.
            let key = |table: &usize| {
                let of = pairs.range((*table, 0)..=(*table, usize::MAX));
                of.map(|(_, to)| places[*to]).min().unwrap_or(usize::MAX)
            };
            layer.sort_by_key(|table| (key(table), *table));
        }
        let columns = if total > most * 1.3 {
            (total / most).ceil()
        } else {
            1.0
        };
        let share = total / columns;
        let mut column = Vec::new();
        let mut height = 0.0;
        for table in layer {
            if !column.is_empty() && height + tall(&table) / 2.0 > share {
                result.push(std::mem::take(&mut column));
                height = 0.0;
            }
            places[table] = result.len() * 10_000 + column.len();
            height += tall(&table);
            column.push(table);
        }
        result.push(column);
    }
    result
}

/// Layers of nodes with the segments between them.
struct Grid {
    nodes: Vec<Node>,
    layers: Vec<Vec<usize>>,
    segments: Vec<Segment>,
    /// For every link of the part the nodes it passes, its own tables first and last.
    routes: Vec<Vec<usize>>,
    /// Segments by the node at their left and right.
    to_right: Vec<Vec<usize>>,
    to_left: Vec<Vec<usize>>,
}

impl Grid {
    fn new(layers: &[Vec<usize>], sizes: &[Size], links: &[Link], own: &[usize]) -> Self {
        let mut grid = Self {
            nodes: Vec::new(),
            layers: Vec::new(),
            segments: Vec::new(),
            routes: Vec::new(),
            to_right: Vec::new(),
            to_left: Vec::new(),
        };
        let mut node_of = std::collections::BTreeMap::new();
        for (number, layer) in layers.iter().enumerate() {
            let mut nodes = Vec::new();
            for &table in layer {
                node_of.insert(table, (grid.nodes.len(), number));
                nodes.push(grid.nodes.len());
                grid.nodes.push(Node {
                    table: Some(table),
                    width: sizes[table].width,
                    height: sizes[table].height,
                    x: 0.0,
                    y: 0.0,
                });
            }
            grid.layers.push(nodes);
        }
        for &at in own {
            let link = links[at];
            let ((from, from_layer), (to, to_layer)) = (node_of[&link.from], node_of[&link.to]);
            let ends = if from_layer > to_layer {
                (to_layer, from_layer)
            } else {
                (from_layer, to_layer)
            };
            let mut bends = Vec::new();
            for layer in ends.0 + 1..ends.1 {
                let node = grid.nodes.len();
                grid.nodes.push(Node {
                    table: None,
                    width: 0.0,
                    height: BEND,
                    x: 0.0,
                    y: 0.0,
                });
                grid.layers[layer].push(node);
                bends.push(node);
            }
            if from_layer > to_layer {
                bends.reverse();
            }
            let mut route = vec![from];
            route.extend(bends);
            route.push(to);
            grid.add_segments(&route, link, from_layer > to_layer);
            grid.routes.push(route);
        }
        grid.to_right = vec![Vec::new(); grid.nodes.len()];
        grid.to_left = vec![Vec::new(); grid.nodes.len()];
        for (at, segment) in grid.segments.iter().enumerate() {
            grid.to_right[segment.left].push(at);
            grid.to_left[segment.right].push(at);
        }
        grid
    }

    fn add_segments(&mut self, route: &[usize], link: Link, goes_left: bool) {
        for (step, pair) in route.windows(2).enumerate() {
            let &[one, other] = pair else { continue };
            if one == other {
                continue;
            }
            let one_y = if step == 0 { link.from_y } else { BEND / 2.0 };
            let other_y = if step + 2 == route.len() {
                link.to_y
            } else {
                BEND / 2.0
            };
            self.segments.push(if goes_left {
                Segment {
                    left: other,
                    right: one,
                    left_y: other_y,
                    right_y: one_y,
                }
            } else {
                Segment {
                    left: one,
                    right: other,
                    left_y: one_y,
                    right_y: other_y,
                }
            });
        }
    }

    /// Orders each layer by the mean place of its neighbours, to and fro.
    fn order(&mut self) {
        self.stack();
        for round in 0..12 {
            let count = self.layers.len();
            for step in 0..count {
                let layer = if round % 2 == 0 { step } else { count - 1 - step };
                let mut wished: Vec<(f64, usize)> = self.layers[layer]
                    .iter()
                    .map(|&node| (self.wish(node, round % 2 == 0, round % 2 == 1), node))
                    .collect();
                wished.sort_by(|one, other| one.0.total_cmp(&other.0));
                self.layers[layer] = wished.into_iter().map(|(_, node)| node).collect();
                self.stack_layer(layer);
            }
        }
    }

    fn stack(&mut self) {
        for layer in 0..self.layers.len() {
            self.stack_layer(layer);
        }
    }

    /// One below the other, around the middle.
    fn stack_layer(&mut self, layer: usize) {
        let total: f64 = self.layers[layer]
            .iter()
            .map(|&node| self.nodes[node].height + self.gap(node))
            .sum();
        let mut y = -total / 2.0;
        for &node in &self.layers[layer] {
            let gap = self.gap(node);
            self.nodes[node].y = y;
            y += self.nodes[node].height + gap;
        }
    }

    fn gap(&self, node: usize) -> f64 {
        if self.nodes[node].table.is_some() {
            GAP_Y
        } else {
            BEND
        }
    }

    /// The middle that would make the segments to the left, to the right or to both sides level on the whole.
    fn wish(&self, node: usize, left: bool, right: bool) -> f64 {
        let own = &self.nodes[node];
        let mut sum = 0.0;
        let mut count = 0.0;
        if left {
            for &at in &self.to_left[node] {
                let segment = self.segments[at];
                sum += self.nodes[segment.left].y + segment.left_y - segment.right_y;
                count += 1.0;
            }
        }
        if right {
            for &at in &self.to_right[node] {
                let segment = self.segments[at];
                sum += self.nodes[segment.right].y + segment.right_y - segment.left_y;
                count += 1.0;
            }
        }
        let middle = own.height / 2.0;
        if count == 0.0 {
            own.y + middle
        } else {
            sum / count + middle
        }
    }

    /// Pulls every layer level with its neighbours, as near as its order and the gaps allow.
    fn settle(&mut self) {
        for round in 0..24 {
            let count = self.layers.len();
            for step in 0..count {
                let layer = if round % 2 == 0 { step } else { count - 1 - step };
                let both = round >= 16;
                let nodes = self.layers[layer].clone();
                let wishes: Vec<f64> = nodes
                    .iter()
                    .map(|&node| {
                        let wish = self.wish(node, both || round % 2 == 0, both || round % 2 == 1);
                        wish - self.nodes[node].height / 2.0
                    })
                    .collect();
                self.meet(&nodes, &wishes);
            }
        }
    }

    /// The tops nearest to the wishes (least squares) that keep order and gaps: pools of neighbours that stand in each other's way.
    fn meet(&mut self, nodes: &[usize], wishes: &[f64]) {
        let mut offset = 0.0;
        let mut pools: Vec<(f64, f64, usize)> = Vec::new();
        let mut offsets = Vec::new();
        for (&node, wish) in nodes.iter().zip(wishes) {
            offsets.push(offset);
            let weight = if self.nodes[node].table.is_some() {
                1.0
            } else {
                2.0
            };
            pools.push((weight * (wish - offset), weight, 1));
            while let [.., one, other] = pools.as_slice()
                && one.0 / one.1 >= other.0 / other.1
            {
                let merged = (one.0 + other.0, one.1 + other.1, one.2 + other.2);
                pools.truncate(pools.len() - 2);
                pools.push(merged);
            }
            offset += self.nodes[node].height + self.gap(node);
        }
        let places = pools
            .iter()
            .flat_map(|&(sum, weight, count)| std::iter::repeat_n(sum / weight, count));
        for ((&node, offset), place) in nodes.iter().zip(offsets).zip(places) {
            self.nodes[node].y = place + offset;
        }
    }

    /// Gives the layers their places from left to right; between two layers there is more room the more passes there.
    fn spread(&mut self) {
        let mut x = 0.0;
        for layer in &self.layers {
            let width = layer
                .iter()
                .map(|&node| self.nodes[node].width)
                .fold(0.0, f64::max);
            let mut passing = 0.0_f64;
            for &node in layer {
                self.nodes[node].x = x;
                if self.nodes[node].table.is_none() {
                    self.nodes[node].width = width;
                }
                passing += self.to_right[node].iter().map(|_| 1.0).sum::<f64>();
            }
            x += width + GAP_X + (passing * 3.0).min(90.0);
        }
    }

    fn finish(self, tables: usize, links: &[Link], own: &[usize]) -> Part {
        let mut paths: Vec<(usize, Vec<(f64, f64)>)> = Vec::new();
        for (route, &at) in self.routes.iter().zip(own) {
            paths.push((at, self.path(route, links[at])));
        }
        let tops = self.nodes.iter().map(|node| node.y);
        let points = paths.iter().flat_map(|(_, points)| points.iter());
        let top = tops
            .chain(points.clone().map(|point| point.1))
            .fold(f64::INFINITY, f64::min);
        let bottom = self
            .nodes
            .iter()
            .map(|node| node.y + node.height)
            .chain(points.clone().map(|point| point.1))
            .fold(f64::NEG_INFINITY, f64::max);
        let right = self
            .nodes
            .iter()
            .map(|node| node.x + node.width)
            .chain(points.map(|point| point.0))
            .fold(0.0, f64::max);
        let corners = self
            .nodes
            .iter()
            .filter_map(|node| Some((node.table?, (node.x, node.y - top))));
        Part {
            tables,
            corners: corners.collect(),
            paths: paths
                .iter()
                .map(|(at, points)| (*at, points.iter().map(|(x, y)| (*x, y - top)).collect()))
                .collect(),
            width: right,
            height: bottom - top,
        }
    }

    /// The points of a link: out of the side of its table that looks to the next, through every layer it passes, into the other.
    fn path(&self, route: &[usize], link: Link) -> Vec<(f64, f64)> {
        let (Some(&first), Some(&last)) = (route.first(), route.last()) else {
            return Vec::new();
        };
        let (from, to) = (self.nodes[first], self.nodes[last]);
        let (from_y, to_y) = (from.y + link.from_y, to.y + link.to_y);
        if first == last {
            let side = from.x + from.width;
            return vec![
                (side, from_y),
                (side + 34.0, from_y),
                (side + 34.0, to_y),
                (side, to_y),
            ];
        }
        let goes_left = to.x < from.x;
        let mut points = vec![(if goes_left { from.x } else { from.x + from.width }, from_y)];
        for &bend in &route[1..route.len() - 1] {
            let node = self.nodes[bend];
            let y = node.y + BEND / 2.0;
            let sides = [(node.x, y), (node.x + node.width, y)];
            points.extend(if goes_left { [sides[1], sides[0]] } else { sides });
        }
        points.push((if goes_left { to.x + to.width } else { to.x }, to_y));
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_two_tables_overlap_and_every_link_has_its_ends(
            heights in prop::collection::vec(20.0..400.0_f64, 1..40),
            ends in prop::collection::vec((0_usize..40, 0_usize..40), 0..80),
        ) {
            let count = heights.len();
            let sizes: Vec<Size> = heights.iter().map(|&height| Size { width: 120.0, height }).collect();
            let links: Vec<Link> = ends
                .iter()
                .map(|&(from, to)| Link { from: from % count, to: to % count, from_y: 10.0, to_y: 5.0 })
                .collect();
            let layout = place(&sizes, &links);
            for (one, &(x, y)) in layout.corners.iter().enumerate() {
                prop_assert!(x >= 0.0 && y >= -0.001 && x + 120.0 <= layout.width + 0.001);
                prop_assert!(y + heights[one] <= layout.height + 0.001);
                for (other, &(left, top)) in layout.corners.iter().enumerate().skip(one + 1) {
                    let apart = x + 120.0 <= left + 0.001
                        || left + 120.0 <= x + 0.001
                        || y + heights[one] <= top + 0.001
                        || top + heights[other] <= y + 0.001;
                    prop_assert!(apart, "{one} {other}");
                }
            }
            for (link, path) in links.iter().zip(&layout.paths) {
                prop_assert!(path.len() >= 2);
                let top = layout.corners[link.from].1;
                prop_assert!((path[0].1 - top - 10.0).abs() < 0.001);
            }
        }
    }
}
