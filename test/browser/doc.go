// SPDX-License-Identifier: Apache-2.0

// Package browser tests the pages of revgn report in a real Chromium, headless: `make browser` makes pages from runs that nobody made (the tests of
// internal/report) and runs it on them; `make screenshots` takes pictures of one. It is a module of its own, so that the program does not depend on what
// drives a browser.
package browser
