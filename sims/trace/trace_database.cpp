#include "sims/trace/trace_database.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "sims/support/error.h"

namespace eyeriss::sims {

namespace {

struct closer {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using database_handle = std::unique_ptr<sqlite3, closer>;

constexpr const char* tables = R"(
CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL);
CREATE TABLE layers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE transactions (id INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES streams(id),
  parent INTEGER, name TEXT NOT NULL, layer INTEGER REFERENCES layers(id),
  begin_ps INTEGER NOT NULL, end_ps INTEGER NOT NULL);
CREATE TABLE attributes (transaction_id INTEGER NOT NULL REFERENCES transactions(id), name TEXT NOT NULL,
  value INTEGER NOT NULL, PRIMARY KEY (transaction_id, name)) WITHOUT ROWID;
CREATE TABLE counters (name TEXT NOT NULL, unit TEXT NOT NULL, begin_ps INTEGER NOT NULL,
  end_ps INTEGER NOT NULL, value REAL NOT NULL);
)";
constexpr const char* indices = R"(
CREATE INDEX transactions_by_stream ON transactions(stream, begin_ps);
CREATE INDEX transactions_by_parent ON transactions(parent);
)";

/// An open database; every failure is a user_error that names its file.
class database {
public:
    database(std::filesystem::path file, int flags) : file_(std::move(file)) {
        sqlite3* raw = nullptr;
        const int code = sqlite3_open_v2(file_.c_str(), &raw, flags, nullptr);
        handle_.reset(raw);
        check(code);
    }
    void check(int code) const {
        if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
        const char* why = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(code);
        throw user_error(fmt::format("trace database {}: {}", file_.string(), why));
    }
    void execute(const char* sql) const {
        check(sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr));
    }
    [[nodiscard]] sqlite3* get() const { return handle_.get(); }

private:
    std::filesystem::path file_;
    database_handle handle_;
};

class statement {
public:
    statement(const database& owner, const std::string& sql) : owner_(owner) {
        sqlite3_stmt* raw = nullptr;
        owner.check(sqlite3_prepare_v2(owner.get(), sql.c_str(), -1, &raw, nullptr));
        handle_.reset(raw);
    }
    statement& bind(int place, std::int64_t value) {
        owner_.check(sqlite3_bind_int64(handle_.get(), place, value));
        return *this;
    }
    statement& bind(int place, double value) {
        owner_.check(sqlite3_bind_double(handle_.get(), place, value));
        return *this;
    }
    /// The text must live until run() or the last step().
    statement& bind(int place, const std::string& text) {
        owner_.check(sqlite3_bind_text(handle_.get(), place, text.data(), static_cast<int>(text.size()),
                                       SQLITE_STATIC));
        return *this;
    }
    statement& bind_null(int place) {
        owner_.check(sqlite3_bind_null(handle_.get(), place));
        return *this;
    }
    bool step() {
        const int code = sqlite3_step(handle_.get());
        owner_.check(code);
        return code == SQLITE_ROW;
    }
    void run() {
        step();
        owner_.check(sqlite3_reset(handle_.get()));
    }
    [[nodiscard]] std::int64_t number(int column) const {
        return sqlite3_column_int64(handle_.get(), column);
    }
    [[nodiscard]] std::string text(int column) const {
        const auto* bytes = sqlite3_column_text(handle_.get(), column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
        std::string out(size, '\0');
        for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(bytes[i]);
        return out;
    }

private:
    const database& owner_;
    std::unique_ptr<sqlite3_stmt, closer> handle_;
};

std::int64_t number(std::uint64_t value) {
    return static_cast<std::int64_t>(value);
}

/// A value of a row; texts must outlive the insertion.
using cell = std::variant<std::monostate, std::int64_t, const std::string*>;

/// Adds rows many at a time, which costs SQLite half of what they cost one by one.
class row_inserter {
public:
    row_inserter(const database& out, std::string_view table, std::size_t columns)
        : columns_(columns), many_(out, sql(table, rows_at_once)), one_(out, sql(table, 1)) {
        cells_.reserve(columns * rows_at_once);
    }
    void add(std::span<const cell> row) {
        cells_.insert(cells_.end(), row.begin(), row.end());
        if (cells_.size() == columns_ * rows_at_once) {
            put(many_, cells_);
            cells_.clear();
        }
    }
    /// Adds what add() has gathered.
    void finish() {
        for (std::size_t at = 0; at < cells_.size(); at += columns_)
            put(one_, std::span(cells_).subspan(at, columns_));
        cells_.clear();
    }

private:
    static constexpr std::size_t rows_at_once = 16;

    [[nodiscard]] std::string sql(std::string_view table, std::size_t rows) const {
        const std::vector<std::string_view> places(columns_, "?");
        const std::vector<std::string> all(rows, fmt::format("({})", fmt::join(places, ",")));
        return fmt::format("INSERT INTO {} VALUES {}", table, fmt::join(all, ","));
    }
    static void put(statement& into, std::span<const cell> cells) {
        int place = 0;
        for (const cell& c : cells) {
            ++place;
            if (const auto* number = std::get_if<std::int64_t>(&c)) {
                into.bind(place, *number);
            } else if (const auto* text = std::get_if<const std::string*>(&c)) {
                into.bind(place, **text);
            } else {
                into.bind_null(place);
            }
        }
        into.run();
    }

    std::size_t columns_;
    statement many_, one_;
    std::vector<cell> cells_;
};

/// In the order of their keys, so that SQLite adds each row behind the last.
void write_transactions(const database& out, const trace_data& data) {
    const auto& store = data.store;
    std::vector<std::size_t> order(store.transactions().size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return store.transactions()[a].id < store.transactions()[b].id;
    });
    row_inserter transactions(out, "transactions", 7), attributes(out, "attributes", 3);
    std::vector<trace_store::attribute> told;
    for (const std::size_t i : order) {
        const auto& t = store.transactions()[i];
        const cell parent = t.parent == 0 ? cell() : number(t.parent);
        const cell layer = t.layer == observe::no_layer ? cell() : std::int64_t{t.layer};
        transactions.add(std::array<cell, 7>{number(t.id), std::int64_t{t.stream}, parent,
                                             &store.text(t.name), layer, number(t.begin), number(t.end)});
        const auto all = store.attributes_of(t);
        told.assign(all.begin(), all.end());
        std::sort(told.begin(), told.end(),
                  [&](const auto& a, const auto& b) { return store.text(a.name) < store.text(b.name); });
        for (const auto& a : told)
            attributes.add(std::array<cell, 3>{number(t.id), &store.text(a.name), a.value});
    }
    transactions.finish();
    attributes.finish();
}

}  // namespace

void write_database(const std::filesystem::path& file, const trace_data& data) {
    const database out(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX);
    // The file is new and nobody else's: it appears whole or not at all.
    out.execute(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA "
        "cache_size=-65536; BEGIN;");
    out.execute(tables);
    statement stream(out, "INSERT INTO streams VALUES (?,?,?)");
    for (const auto& [id, s] : data.store.streams())
        stream.bind(1, std::int64_t{id}).bind(2, s.name).bind(3, std::string(observe::name_of(s.kind))).run();
    statement layer(out, "INSERT INTO layers VALUES (?,?)");
    for (std::size_t i = 0; i < data.layers.size(); ++i)
        layer.bind(1, number(i)).bind(2, data.layers[i]).run();
    write_transactions(out, data);
    statement counter(out, "INSERT INTO counters VALUES (?,?,?,?,?)");
    for (const auto& c : data.counters) {
        counter.bind(1, c.name).bind(2, c.unit);
        for (const auto& s : c.steps)
            counter.bind(3, number(s.begin)).bind(4, number(s.end)).bind(5, s.value).run();
    }
    out.execute(indices);
    out.execute("COMMIT");
}

namespace {

/// The changes of one stream: what begins and ends at each time, summed up.
stream_changes changes_of(const database& in, std::int64_t stream, std::string name) {
    stream_changes out;
    out.name = std::move(name);
    std::map<std::string, std::size_t> columns;
    statement names(in,
                    "SELECT DISTINCT a.name FROM attributes a JOIN transactions t ON a.transaction_id = t.id "
                    "WHERE t.stream = ? ORDER BY a.name");
    names.bind(1, stream);
    while (names.step()) {
        columns.emplace(names.text(0), out.attributes.size());
        out.attributes.push_back(names.text(0));
    }
    std::map<std::int64_t, std::vector<std::int64_t>> steps;  // by time: open, then sums
    const auto add = [&](std::int64_t at, std::size_t column, std::int64_t value) {
        auto& step = steps[at];
        step.resize(1 + columns.size());
        step[column] += value;
    };
    statement rows(in,
                   "SELECT t.begin_ps, t.end_ps, a.name, a.value FROM transactions t LEFT JOIN attributes a "
                   "ON a.transaction_id = t.id WHERE t.stream = ? AND t.end_ps > t.begin_ps");
    rows.bind(1, stream);
    while (rows.step()) {
        if (rows.text(2).empty()) continue;
        const std::size_t column = 1 + columns.at(rows.text(2));
        add(rows.number(0), column, rows.number(3));
        add(rows.number(1), column, -rows.number(3));
    }
    statement spans(in, "SELECT begin_ps, end_ps FROM transactions WHERE stream = ? AND end_ps > begin_ps");
    spans.bind(1, stream);
    while (spans.step()) {
        add(spans.number(0), 0, 1);
        add(spans.number(1), 0, -1);
    }
    stream_change now;
    now.attribute_sums.resize(columns.size());
    for (const auto& [at, step] : steps) {
        const stream_change before = now;
        now.at = static_cast<observe::picoseconds>(at);
        now.open += step[0];
        for (std::size_t i = 0; i < columns.size(); ++i) now.attribute_sums[i] += step[i + 1];
        if (now.open != before.open || now.attribute_sums != before.attribute_sums)
            out.changes.push_back(now);
    }
    return out;
}

}  // namespace

std::vector<stream_changes> read_changes(const std::filesystem::path& file, const std::string& glob) {
    const database in(file, SQLITE_OPEN_READONLY);
    std::vector<stream_changes> out;
    statement streams(in, "SELECT id, name FROM streams ORDER BY id");
    while (streams.step()) {
        if (fnmatch(glob.c_str(), streams.text(1).c_str(), 0) == 0)
            out.push_back(changes_of(in, streams.number(0), streams.text(1)));
    }
    if (out.empty()) {
        throw user_error(
            fmt::format("trace database {}: no stream matches {}; expects a glob of names as "
                        "doc/traces.md lists them",
                        file.string(), glob));
    }
    return out;
}

}  // namespace eyeriss::sims
