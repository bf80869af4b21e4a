// SPDX-License-Identifier: MIT
// What the tests of pages share.
#pragma once

#include "tests/support/web_test_main.h"

#include <QTest>
#include <QVariant>
#include <functional>
#include <memory>

namespace atelier::test {

constexpr int kPageTimeout = 20000; // ms: two cores that also compile

// The result of a script in a view's page; invalid when none came in time.
template <class View>
QVariant evaluate(View& view, const QString& script, int timeout = kPageTimeout)
{
    auto result = std::make_shared<QVariant>();
    auto done = std::make_shared<bool>(false);
    view.runScriptForTest(script, [result, done](const QVariant& value) {
        *result = value;
        *done = true;
    });
    if (!QTest::qWaitFor([done] { return *done; }, timeout))
        return {};
    return *result;
}

// Waits until the script's result is `wanted`.
template <class View>
bool becomes(View& view, const QString& script, const QVariant& wanted)
{
    return QTest::qWaitFor(
        [&] { return evaluate(view, script, 2000).toString() == wanted.toString(); }, kPageTimeout);
}

} // namespace atelier::test

#define ATELIER_PAGE_TEST_MAIN(TestClass)                                                          \
    int main(int argc, char** argv)                                                                \
    {                                                                                              \
        return atelier::test::runWithWebPages(argc, argv, [&](QApplication&) {                     \
            TestClass test;                                                                        \
            return QTest::qExec(&test, argc, argv);                                                \
        });                                                                                        \
    }
