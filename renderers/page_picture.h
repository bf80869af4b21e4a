// SPDX-License-Identifier: MIT
// A picture of what a page shows.
#pragma once

#include <QImage>
#include <functional>

class QWebEngineView;

namespace atelier {

/// Takes it when the page has painted what it has: what a page draws reaches its widget some frames
/// later, so pictures are taken until two in a row are the same, for at most two seconds (a page
/// that moves never rests). `callback` gets a null image when the view goes away before.
void grabPage(QWebEngineView& view, std::function<void(const QImage&)> callback);

} // namespace atelier
