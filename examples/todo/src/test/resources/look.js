// Looks at the page as it is laid out, and returns what is wrong with it.
const wrong = [];
const named = element => '"' + element.textContent.trim().replace(/\s+/g, ' ').slice(0, 60) + '"';
const box = element => element.getBoundingClientRect();

// ---- texts beside one another

const texts = [...document.querySelectorAll(
    '.waterfall text, .waterfall .what, .waterfall .outcome, .waterfall .took')];
texts.forEach((one, i) => texts.slice(i + 1).forEach(other => {
  const a = box(one), b = box(other);
  if (a.right > b.left + 0.5 && b.right > a.left + 0.5 && a.bottom > b.top + 1 && b.bottom > a.top + 1) {
    wrong.push(named(one) + ' covers ' + named(other));
  }
}));
texts.filter(text => box(text).left < 0 || box(text).right > innerWidth + 0.5)
    .forEach(text => wrong.push(named(text) + ' is outside of the window'));
if (document.documentElement.scrollWidth > innerWidth) {
  wrong.push('the page is ' + document.documentElement.scrollWidth + ' wide');
}

document.querySelectorAll('th, td').forEach(cell => {
  if (box(cell).width < 40) {
    wrong.push(named(cell) + ' has a column of ' + box(cell).width + ' pixels');
  }
});

// ---- bars within what they are a part of, in the order of time

const request = document.querySelector('.waterfall .bar.request');
document.querySelectorAll('.waterfall .lane').forEach(lane => {
  const around = [];
  lane.querySelectorAll('.row').forEach(row => {
    const depth = Number(row.querySelector('.label').className.match(/depth-(\d+)/)[1]);
    const bar = row.querySelector('.bar');
    const outer = depth > 0 ? around[depth - 1].bar : request;
    if (box(bar).width <= 0) {
      wrong.push(named(row) + ' is not to be seen');
    }
    if (box(bar).left < box(outer).left - 0.5 || box(bar).right > box(outer).right + 0.5) {
      wrong.push(named(row) + ' is outside of what it is a part of');
    }
    if (depth > 0 && box(bar).left < around[depth - 1].last - 0.5) {
      wrong.push(named(row) + ' is before the one above it');
    }
    if (depth > 0) {
      around[depth - 1].last = box(bar).left;
    }
    around.length = depth;
    around.push({bar, last: -Infinity});
  });
});

// ---- contrast

const channels = color => color.match(/[\d.]+/g).map(Number);
const isClear = color => color === 'none' || (channels(color)[3] ?? 1) === 0;
const luminance = color => channels(color).slice(0, 3)
    .map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};
const ground = element => {
  const lane = element.closest('.lane');
  if (lane) {
    return getComputedStyle(lane.querySelector('.band')).fill;
  }
  for (let outer = element; outer; outer = outer.parentElement) {
    if (!isClear(getComputedStyle(outer).backgroundColor)) {
      return getComputedStyle(outer).backgroundColor;
    }
  }
  return 'rgb(255, 255, 255)';
};
const demand = (element, color, least) => {
  const found = contrast(color, ground(element));
  if (found < least) {
    wrong.push((element.className.baseVal ?? '') + named(element) + ' has a contrast of ' + found.toFixed(2));
  }
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (walker.currentNode.data.trim() && !element.closest('title, desc')) {
    const style = getComputedStyle(element);
    demand(element, element instanceof SVGElement ? style.fill : style.color, 4.5);
  }
}
document.querySelectorAll('.bar').forEach(bar => {
  const style = getComputedStyle(bar);
  demand(bar, isClear(style.fill) ? style.stroke : style.fill, 3);
});
return wrong;
