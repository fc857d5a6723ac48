"""Rows become orders, or are rejected with row, column, value and a remedy; none is lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from regulars.shop.drafts import OrderDraft, OrderLinesDraft
from regulars.sources.csv_upload import parse
from regulars.sources.csv_upload.files import REASON, open_table
from regulars.sources.csv_upload.mapping import Plan
from regulars.sources.csv_upload.parse.places import Places
from regulars.sources.csv_upload.problems import REMEDIES
from tests.csv_upload.reading import codes, orders, planned, read, written

HEADER = "order,email,date,total\n"
SHOPIFY = "Name,Email,Financial Status,Created at,Currency,Total,Lineitem name,Lineitem quantity,Lineitem price,Cancelled at,Refunded Amount\n"  # noqa: E501
TAOBAO = (
    "订单编号,买家会员名,总金额,买家实际支付金额,订单状态,订单创建时间,联系手机,收货人姓名,宝贝标题,宝贝种类,"
    "宝贝总数量\n"
)


def shopify(*rows: str) -> str:
    """Return a Shopify order file of these rows."""
    return SHOPIFY + "".join(f"{row}\n" for row in rows)


def taobao(*rows: str) -> str:
    """Return a Taobao order file of these rows."""
    return TAOBAO + "".join(f"{row}\n" for row in rows)


def test_a_plain_order_file_is_read_by_guessing(tmp_path: Path) -> None:
    (order,) = orders(written(tmp_path, HEADER + "A1, Ada@Example.com ,2026-01-05 10:00:00,12.50\n"))
    assert (order.number, order.state, order.gross_minor, order.paid_minor) == ("A1", "paid", 1250, 1250)
    assert order.placed_us == 1_767_607_200_000_000
    assert order.buyer is not None
    assert order.buyer.email == "ada@example.com"


@pytest.mark.parametrize(
    ("row", "code", "column", "value"),
    [
        (",ada@example.com,2026-01-05,5", "number_missing", "order", ""),
        ("A2,ada@example.com,,5", "date_missing", "date", ""),
        ("A2,ada@example.com,soon,5", "date", "date", "soon"),
        ("A2,ada@example.com,2026-02-30,5", "date", "date", "2026-02-30"),
        ("A2,ada@example.com,1926-02-03,5", "date_range", "date", "1926-02-03"),
        ("A2,ada@example.com,2026-01-05,", "amount_missing", "total", ""),
        ("A2,ada@example.com,2026-01-05,much", "amount", "total", "much"),
        ("A2,ada@example.com,2026-01-05,-5.00", "amount_negative", "total", "-5.00"),
        ("A2,ada@example.com,2026-01-05,(5.00)", "amount_negative", "total", "(5.00)"),
        ("A2,ada@example.com,2026-01-05,€5.00", "currency_other", "total", "€5.00"),
        ('A2,ada@example.com,2026-01-05,"5,00"', "amount_decimal", "total", "5,00"),
        ("A2,ada@example.com,2026-01-05,99999999999999999", "amount_large", "total", "99999999999999999"),
        ("A2,ada@example.com,2026-01-05,=2+3", "formula", "total", "=2+3"),
        ("1.23457E+17,ada@example.com,2026-01-05,5", "id_eaten", "order", "1.23457E+17"),
        ("A2,ada@example.com,2026-01-05,5,6,7", "columns", "", "A2"),
        ("A" * 81 + ",ada@example.com,2026-01-05,5", "number_long", "order", "A" * 81),
    ],
)
def test_a_bad_row_is_rejected_with_row_column_value_and_remedy(
    tmp_path: Path, row: str, code: str, column: str, value: str
) -> None:
    good = "A1,ben@example.com,2026-01-04,5.00\n"
    found = read(written(tmp_path, f"{HEADER}{good}{row}\nA3,cleo@example.com,2026-01-06,7.00\n"))
    assert [p.draft is not None for p in found] == [True, False, True]
    (problem,) = found[1].problems
    assert (problem.row, problem.code, problem.column, problem.value) == (3, code, column, value)
    assert problem.text
    assert code in REMEDIES


def test_every_problem_of_a_row_is_named_at_once(tmp_path: Path) -> None:
    found = read(written(tmp_path, HEADER + "A1,a@example.com,2026-01-01,5\nA2,b@example.com,soon,-3\n"))
    assert codes(found) == ["date", "amount_negative"]


def test_an_id_rounded_by_a_spreadsheet_is_rejected_and_a_wrapped_one_is_not(tmp_path: Path) -> None:
    rows = [f"863000000000{n}00000,tb{n},5,5,交易成功,2026-01-0{n},,,,," for n in range(1, 4)]
    assert codes(read(written(tmp_path, taobao(*rows)))) == ["id_eaten"] * 3
    wrapped = [f'"=""863000000000{n}00000""",tb{n},5,5,交易成功,2026-01-0{n},,,,,' for n in range(1, 4)]
    assert [o.number for o in orders(written(tmp_path, taobao(*wrapped)))][0] == "863000000000100000"


def test_one_long_id_in_many_may_end_in_zeros_by_itself(tmp_path: Path) -> None:
    rows = [f"86300000000012{n}321,tb{n},5,5,交易成功,2026-01-01,,,,," for n in range(1, 8)]
    assert len(orders(written(tmp_path, taobao(*rows, "863000000000120000,tb9,5,5,交易成功,2026-01-01,,,,,")))) == 8


def test_chinese_quirks_of_cells_are_read_through(tmp_path: Path) -> None:
    rows = (
        '"=""863000000000007919""",\ttb测试,"1，234.50",¥1234.5,"买家已付款，等待卖家发货",2026-01-05 08:00:00,'
        "'13800000001,张**,咖啡，红色,1,2",
        '\'863000000000007920,tb二,12.00元,12.00,"卖家已发货,等待买家确认",2026/1/5 8:00,138****0002,王*,\u3000茶,2,3',
    )
    one, two = orders(written(tmp_path, taobao(*rows), encoding="gb18030"))
    assert (one.number, two.number) == ("863000000000007919", "863000000000007920")
    assert (one.gross_minor, one.paid_minor, two.gross_minor) == (123_450, 123_450, 1_200)
    assert one.placed_us == two.placed_us == 1_767_571_200_000_000
    assert one.buyer is not None
    assert two.buyer is not None
    assert (one.buyer.account, one.buyer.phone, one.buyer.name) == ("tb测试", "+8613800000001", "张**")
    assert (two.buyer.phone, two.buyer.name) == ("", "王*")
    assert ([n.title for n in one.lines], two.lines, two.items) == (["咖啡，红色"], (), 3)


@pytest.mark.parametrize(
    ("status", "cancelled", "state"),
    [
        ("paid", "", "paid"),
        ("partially_refunded", "", "paid"),
        ("refunded", "2026-01-06 10:00:00 +0000", "paid"),
        ("pending", "", "unpaid"),
        ("authorized", "", "unpaid"),
        ("", "", "unpaid"),
        ("pending", "2026-01-06 10:00:00 +0000", "closed"),
        ("voided", "2026-01-06 10:00:00 +0000", "closed"),
    ],
)
def test_shopifys_states(tmp_path: Path, status: str, cancelled: str, state: str) -> None:
    row = f"#1,ada@example.com,{status},2026-01-05 10:00:00 +0800,EUR,10.00,Tea,1,10.00,{cancelled},2.50"
    (order,) = orders(written(tmp_path, shopify(row)))
    assert (order.state, order.paid_minor) == (state, 1000 if state == "paid" else 0)
    assert (order.closed_us is not None) == (state == "closed")
    assert (order.currency, order.refunded_minor) == ("EUR", 250)
    assert order.placed_us == 1_767_578_400_000_000


def test_an_unknown_status_is_explained_by_a_person(tmp_path: Path) -> None:
    path = written(
        tmp_path, "order,customer,date,total,status\nA1,ada,2026-01-05,5,paid\nA2,ben,2026-01-05,6,Im Keller\n"
    )
    assert codes(read(path)) == ["status_unknown"]
    assert [o.state for o in orders(path, statuses={"im keller": "unpaid"})] == ["paid", "unpaid"]


def test_rows_of_one_order_become_its_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        shopify(
            "#1,ada@example.com,paid,2026-01-05 10:00:00 +0000,USD,35.00,Tea,2,10.00,,",
            "#1,ada@example.com,,,,,Cup,1,15.00,,",
            "#2,ben@example.com,paid,2026-01-05 10:00:00 +0000,USD,5.00,Tea,1,5.00,,",
        ),
    )
    found = read(path)
    assert [p.rows for p in found] == [(2, 3), (4,)]
    one = found[0].draft
    assert isinstance(one, OrderDraft)
    assert one.gross_minor == 3500
    assert [(n.title, n.quantity, n.unit_minor, n.total_minor) for n in one.lines] == [
        ("Tea", 2, 1000, 2000),
        ("Cup", 1, 1500, 1500),
    ]


def test_a_bad_line_rejects_its_whole_order_and_no_other(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        shopify(
            "#1,ada@example.com,paid,2026-01-05 10:00:00 +0000,USD,35.00,Tea,2,10.00,,",
            "#1,ada@example.com,,,,,Cup,few,15.00,,",
            "#2,ben@example.com,paid,2026-01-05 10:00:00 +0000,USD,5.00,Tea,1,5.00,,",
        ),
    )
    found = read(path)
    assert [(p.rows, p.draft is None) for p in found] == [((2, 3), True), ((4,), False)]
    assert [(p.row, p.column, p.value) for p in found[0].problems] == [(3, "Lineitem quantity", "few")]


def test_two_currencies_in_one_order_are_refused(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        shopify(
            "#1,ada@example.com,paid,2026-01-05 10:00:00 +0000,USD,35.00,Tea,2,10.00,,",
            "#1,ada@example.com,paid,,EUR,,Cup,1,15.00,,",
        ),
    )
    assert codes(read(path)) == ["currency_mixed"]


def test_rows_that_lie_apart_come_together_and_keep_their_numbers(tmp_path: Path) -> None:
    lines = [f"#{n},b{n}@example.com,paid,2026-01-05 10:00:00 +0000,USD,9.00,Tea,1,5.00,," for n in range(30)]
    later = [f"#{n},,,,,,Cup,1,4.00,," for n in range(30)]
    path = written(tmp_path, shopify(*lines, *later, ",,,,,,lost,1,1.00,,"))
    table, plan = planned(path)
    assert parse.is_scattered(table, plan)
    found = read(path)
    assert sorted(p.rows for p in found if p.draft) == [(n + 2, n + 32) for n in range(30)]
    assert [p.rows for p in found if p.draft is None] == [(62,)]


def test_jds_repeated_total_is_taken_once(tmp_path: Path) -> None:
    header = "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单金额,应付金额,订单状态,下单帐号,联系电话\n"
    rows = "7,1,茶,2,2026-01-05 10:00:00,10,25,25,完成,jd_ada,1******6198\n"
    rows += "7,2,杯,1,2026-01-05 10:00:00,5,25,25,完成,jd_ada,\n"
    (order,) = orders(written(tmp_path, header + rows))
    assert (order.gross_minor, order.paid_minor, len(order.lines)) == (2500, 2500, 2)
    assert order.buyer is not None
    assert (order.buyer.account, order.buyer.phone) == ("jd_ada", "")


def test_douyins_sub_orders_are_added_up_and_ciphers_are_no_names(tmp_path: Path) -> None:
    header = "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品金额,订单应付金额,运费,收件人,"
    header += "收件人手机号,订单提交时间,订单状态\n"
    rows = (
        '"\t6917000000000000001","\t1",茶,红,1,9,,10.00,8.00,-,##abc##,$$1$$,2026-01-05 10:00:00,已完成\n'
        '"\t6917000000000000001","\t2",杯,-,2,8,,5.00,4.50,-,##abc##,$$1$$,2026-01-05 10:00:00,已完成\n'
    )
    (order,) = orders(written(tmp_path, header + rows, encoding="utf-8-sig"))
    assert (order.number, order.gross_minor, order.paid_minor) == ("6917000000000000001", 1250, 1250)
    assert order.buyer is not None
    assert (order.buyer.name, order.buyer.phone, order.buyer.is_nobody()) == ("", "", True)


def test_pinduoduos_orders_without_date_take_the_next_known_instant(tmp_path: Path) -> None:
    header = "商品,订单号,订单状态,商品总价(元),用户实付金额(元),商家实收金额(元),商品数量(件),发货时间,商品id,"
    header += "订单成交时间,省\n"
    rows = "茶,P1,已收货,10,9,9,1,2026-01-06 10:00:00,5,\t,****\n"
    rows += '茶,P2,"已发货，退款成功",10,9,9,1,,5,2026-01-05 10:00:00,上海\n'
    one, two = orders(written(tmp_path, header + rows))
    assert (one.placed_us, one.state, one.paid_minor) == (1_767_664_800_000_000, "paid", 900)
    assert (two.state, two.paid_minor) == ("closed", 0)
    assert one.buyer is not None
    assert one.buyer.region == ""


def test_taobaos_line_file_gives_lines_of_orders(tmp_path: Path) -> None:
    text = "订单编号,标题,价格,购买数量,外部系统编号\n"
    text += '"=""863000000000007919""",茶,10.00,2,T1\n"=""863000000000007919""",杯,5.00,1,C1\n'
    (found,) = read(written(tmp_path, text, encoding="gbk"))
    assert isinstance(found.draft, OrderLinesDraft)
    assert (found.draft.number, [n.sku for n in found.draft.lines]) == ("863000000000007919", ["T1", "C1"])


def test_woocommerces_api_orders(tmp_path: Path) -> None:
    buyer = {"email": "ada@example.com", "first_name": "Ada", "last_name": "L"}
    line = {"name": "Tea", "product_id": 3, "quantity": 2, "sku": "T", "price": 10, "total": "20.00"}
    order = {
        "id": 7, "number": "1007", "status": "completed", "currency": "EUR", "date_created": "2026-01-05T11:00:00",
        "date_created_gmt": "2026-01-05T10:00:00", "total": "24.00", "total_tax": "4.00", "shipping_total": "0.00",
        "discount_total": "1.00", "customer_id": 0, "billing": buyer,
        "date_paid_gmt": "2026-01-05T10:01:00", "date_completed_gmt": None, "refunds": [{"id": 1, "total": "-5.00"}],
        "line_items": [line | {"total_tax": "4.00"}],
    }  # fmt: skip
    later = order | {"number": "1008", "customer_id": 12, "status": "wc-special"}
    found = read(written(tmp_path, json.dumps([order, later]), "o.json"), timezone="Europe/Berlin")
    assert codes(found) == ["status_unknown"]
    one = found[0].draft
    assert isinstance(one, OrderDraft)
    assert (one.number, one.gross_minor, one.refunded_minor, one.placed_us) == (
        "1007",
        2400,
        500,
        1_767_607_200_000_000,
    )
    assert one.buyer is not None
    assert (one.buyer.account, one.buyer.email, one.buyer.name) == ("", "ada@example.com", "Ada L")
    assert [(n.title, n.quantity, n.unit_minor, n.total_minor) for n in one.lines] == [("Tea", 2, 1000, 2400)]


def test_equal_rows_of_a_log_are_purchases_apart_and_the_same_ones_next_time(tmp_path: Path) -> None:
    path = written(tmp_path, "customer_id,date,amount\nada,2026-01-05,5\nada,2026-01-05,5.00\nben,2026-01-05,5\n")
    numbers = [o.number for o in orders(path)]
    assert len(set(numbers)) == 3
    assert [o.number for o in orders(path)] == numbers
    table, plan = planned(path)
    resumed = [p.draft for p in parse.drafts(table, plan, start_row=3)]
    assert [d.number for d in resumed if isinstance(d, OrderDraft)] == numbers[1:]


def test_places_are_the_same_in_memory_and_on_disk() -> None:
    small, large = Places(in_memory=3), Places()
    contents = [f"{n % 7}" for n in range(100)]
    assert [small.number(c) for c in contents] == [large.number(c) for c in contents]
    small.close()


def test_zero_is_an_amount(tmp_path: Path) -> None:
    (order,) = orders(written(tmp_path, "customer_id,date,amount\nada,2026-01-05,0.00\n"))
    assert (order.gross_minor, order.state) == (0, "paid")


def test_tax_on_top_is_part_of_gross(tmp_path: Path) -> None:
    path = written(tmp_path, "order,customer,date,total,tax\nA1,ada,2026-01-05,100,19\n")
    assert orders(path, tax_included=False)[0].gross_minor == 11_900
    assert orders(path, tax_included=True)[0].gross_minor == 10_000


def test_without_totals_an_order_comes_to_its_lines(tmp_path: Path) -> None:
    text = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
    text += (
        "536365,85123A,Holder,6,2010-12-01 08:26:00,2.55,17850\n536365,71053,Lantern,2,2010-12-01 08:26:00,3.39,17850\n"
    )
    path = written(tmp_path, text)
    table, plan = planned(path)
    plan.columns = {
        "number": "InvoiceNo", "placed_at": "InvoiceDate", "account": "CustomerID", "line_sku": "StockCode",
        "line_title": "Description", "line_quantity": "Quantity", "line_price": "UnitPrice",
    }  # fmt: skip
    (found,) = parse.drafts(table, plan)
    assert isinstance(found.draft, OrderDraft)
    assert (found.draft.gross_minor, found.draft.paid_minor, len(found.draft.lines)) == (2208, 2208, 2)


def test_empty_rows_are_passed_over(tmp_path: Path) -> None:
    assert (
        len(orders(written(tmp_path, HEADER + "A1,a@example.com,2026-01-05,5\n,,,\n\nA2,b@example.com,2026-01-05,5\n")))
        == 2
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rejected_rows_come_back_as_they_were_with_a_reason(tmp_path: Path, encoding: str) -> None:
    path = written(
        tmp_path, 'Title\norder,姓名,date,total\nA1,王芳,"5, May",5\nA2,Ada,2026-01-05,6\n', encoding=encoding
    )
    table = open_table(path)
    plan = Plan(columns={"number": "order", "placed_at": "date", "total": "total"}, timezone="UTC", currency="CNY")
    bad = [(p.rows[0], p.problems[0].text) for p in parse.drafts(table, plan) if p.draft is None]
    target = tmp_path / "rejected.csv"
    parse.write_rejected(table, iter(bad), target)
    with target.open(encoding=encoding, newline="") as file:
        header, row = csv.reader(file)
    assert header == ["order", "姓名", "date", "total", REASON]
    assert row[:4] == ["A1", "王芳", "5, May", "5"]
    assert "5, May" in row[4]
    again = open_table(target)
    assert (again.fingerprint, again.encoding) == (table.fingerprint, table.encoding)
    assert [p.draft is None for p in parse.drafts(again, plan)] == [True]


def test_rejected_workbooks_and_json_keep_their_form(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["order", "date", "total"], ["=A1", "soon", 5], ["A2", "2026-01-05", 6]):
        book.active.append(row)
    book.save(tmp_path / "o.xlsx")
    table = open_table(tmp_path / "o.xlsx")
    parse.write_rejected(table, [(2, "no date"), (2, "formula")], tmp_path / "r.xlsx")
    again = open_table(tmp_path / "r.xlsx")
    assert (again.fingerprint, next(again.rows())) == (table.fingerprint, (2, ["=A1", "soon", "5", "no date; formula"]))
    items = open_table(written(tmp_path, json.dumps([{"id": 1}, {"id": 2}]), "o.json"))
    parse.write_rejected(items, [(2, "bad")], tmp_path / "r.json")
    assert json.loads((tmp_path / "r.json").read_text()) == [{"id": "2", REASON: "bad"}]


def test_a_log_without_header_comes_back_without_header(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "1 20260105 1 5.00\n2 20260106 1 5.00\n3 20260107 1 x\n"))
    parse.write_rejected(table, [(3, "not an amount")], tmp_path / "r.csv")
    assert (tmp_path / "r.csv").read_bytes() == b"3\t20260107\t1\tx\tnot an amount\r\n"
