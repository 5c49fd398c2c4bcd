// SPDX-License-Identifier: Apache-2.0
// The page's data.
const page = JSON.parse(document.getElementById("data").textContent);

// style is the colour and dash of the i-th curve.
function style(i) {
  const colours = isDark() ? page.dark : page.light;
  return { colour: colours[i % colours.length], dash: page.dashes[i % page.dashes.length] || [] };
}
