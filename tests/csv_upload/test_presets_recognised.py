"""Platforms' exports are known by their headers and come to their published totals."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from regulars.shop.drafts import OrderDraft, ProductDraft
from regulars.sources.csv_upload import mapping, presets
from regulars.sources.csv_upload.files import open_table
from tests.csv_upload.reading import DEFAULTS, orders, planned, read, written

Data = Callable[[str], Path]

HEADERS = {
    "shopify_customers": "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address City,Phone",
    "shopify_products": "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,"
    "Status,SKU,Barcode,Option1 name,Option1 value,Price,Compare-at price,Inventory quantity,Product image URL",
    "woocommerce_orders": "order_number,order_date,status,order_total,billing_email",
    "taobao_lines": "子订单编号,主订单编号,商家编码,外部系统编号,商品标题,商品属性,购买数量,物流单号,物流公司",
    "jd_orders": "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,余额支付,应付金额,"
    "订单状态,订单类型,下单帐号,客户姓名,客户地址,联系电话",
    "youzan_orders": "订单号,销售渠道,归属店铺,订单类型,订单状态,订单创建时间,买家付款时间,交易成功时间,商品金额合计,"
    "运费,店铺优惠合计,应收订单金额,订单实付金额,全部商品名称,商品种类数,买家昵称,买家手机号,分销员,分销员,订单已退款金额",
    "douyin_orders": "主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品金额,订单应付金额,运费,"
    "收件人,收件人手机号,详细地址,订单提交时间,支付完成时间,订单完成时间,订单状态",
    "pinduoduo_orders": "商品,订单号,订单状态,商品总价(元),邮费(元),店铺优惠折扣(元),平台优惠折扣(元),用户实付金额(元),"
    "商家实收金额(元),商品数量(件),发货时间,确认收货时间,商品id,商品规格,订单成交时间,省,市,区",
    "purchase_log": "customer_id,date,amount",
}


def records(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """Read a file by another path than the product's."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding))))


@pytest.mark.parametrize("name", HEADERS)
def test_every_preset_is_recognised_by_its_headers(tmp_path: Path, name: str) -> None:
    header = HEADERS[name]
    row = ",".join("x" for _ in header.split(","))
    preset = presets.recognise(open_table(written(tmp_path, f"{header}\n{row}\n")))
    assert preset is not None
    assert preset.name == name


def test_all_presets_fit_the_fields_of_their_kind() -> None:
    for preset in presets.ALL.values():
        assert set(preset.columns) <= set(mapping.FIELDS[preset.entity]), preset.name
        assert set(preset.statuses.values()) <= {"paid", "unpaid", "closed"}


def test_an_order_file_with_numbers_is_no_plain_log(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "order,customer,date,total\nA1,ada,2026-01-01,5\n"))
    assert presets.recognise(table) is None


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "preset"),
    [
        ("shopify_customers_export_2022.txt", "shopify_customers"),
        ("shopify_customers_export_default_address_fragment.txt", "shopify_customers"),
        ("shopify_orders_export.txt", "shopify_orders"),
        ("taobao_order_list_gbk.csv", "taobao_orders"),
    ],
)
def test_header_lines_of_real_exports_are_recognised(data: Data, tmp_path: Path, name: str, preset: str) -> None:
    header = data(f"shop_exports/headers/{name}").read_bytes().rstrip(b"\r\n")
    table = open_table(
        written(tmp_path, header + b"\n" + b"," * header.count(b",") + b"\nx" + b"," * header.count(b",") + b"\n")
    )
    assert getattr(presets.recognise(table), "name", None) == preset


@pytest.mark.data
def test_cdnow_comes_to_its_purchases_customers_and_dollars(data: Data) -> None:
    path = data("cdnow/CDNOW_master.txt")
    raw = [line.split() for line in path.read_text().splitlines()[1:] if line.strip()]
    found = orders(path)
    assert len(found) == len(raw) == 69_659
    assert len({o.buyer.account for o in found if o.buyer}) == 23_570
    assert sum(o.gross_minor for o in found) == sum(round(float(r[3]) * 100) for r in raw)
    assert sum(o.items for o in found) == sum(int(r[2]) for r in raw)
    assert len({o.number for o in found}) == 69_659


@pytest.mark.data
def test_cdnows_sample_without_header_is_a_log_too(data: Data) -> None:
    path = data("cdnow/CDNOW_sample.txt")
    found = orders(path)
    raw = [line.split() for line in path.read_text().splitlines() if line.strip()]
    assert (len(found), len({o.buyer.account for o in found if o.buyer})) == (6919, 2357)
    assert sum(o.gross_minor for o in found) == sum(round(float(r[4]) * 100) for r in raw)


@pytest.mark.data
def test_the_shopify_file_comes_to_its_orders_and_reais(data: Data) -> None:
    found = orders(data("shop_exports/shopify_orders_from_olist.csv"))
    assert (len(found), sum(o.gross_minor for o in found)) == (3977, 63_925_477)
    assert {o.currency for o in found} == {"BRL"}
    states = Counter(o.state for o in found)
    assert (states["closed"], states["paid"], sum(len(o.lines) for o in found)) == (17, 3960, 4112)
    assert sum(o.paid_minor for o in found) == sum(o.gross_minor for o in found if o.state == "paid")


@pytest.mark.data
def test_the_taobao_file_comes_to_its_states_and_buyers(data: Data) -> None:
    path = data("shop_exports/taobao_orders_gbk_constructed.csv")
    found = orders(path)
    raw = records(path, "gb18030")
    assert Counter(o.state for o in found) == {"paid": 342, "closed": 86, "unpaid": 72}
    assert len({o.buyer.account for o in found if o.buyer}) == 173
    assert sum(o.gross_minor for o in found) == sum(round(float(r["总金额"]) * 100) for r in raw)
    paid = sum(
        round(float(r["买家实际支付金额"]) * 100)
        for r in raw
        if r["订单状态"][:2] not in ("等待", "交易") or "成功" in r["订单状态"]
    )
    assert sum(o.paid_minor for o in found) == paid
    assert found[1].number == "863000000000007919"
    assert found[1].buyer is not None
    assert found[1].buyer.phone == "+8613800000001"


@pytest.mark.data
@pytest.mark.parametrize(("name", "products"), [("apparel", 20), ("home-and-garden", 20), ("jewelery", 20)])
def test_shopify_product_files_give_products_with_variants(data: Data, name: str, products: int) -> None:
    path = data(f"shop_exports/shopify_products_{name}.csv")
    raw = records(path)
    found = [p.draft for p in read(path)]
    assert len(found) == len({r["Handle"] for r in raw}) == products
    assert sum(len(d.variants) for d in found if isinstance(d, ProductDraft)) == sum(
        1 for r in raw if r["Variant Price"]
    )
    assert all(isinstance(d, ProductDraft) and d.title and d.external_id for d in found)


@pytest.mark.data
def test_woocommerce_products_join_their_variations(data: Data) -> None:
    path = data("shop_exports/woocommerce_sample_products.csv")
    raw = records(path)
    found = {d.title: d for p in read(path) if isinstance(d := p.draft, ProductDraft)}
    assert set(found) == {r["Name"] for r in raw if not r["Parent"]}
    shirt = next(r for r in raw if r["Type"] == "variable")
    children = [r for r in raw if r["Parent"] == shirt["SKU"]]
    assert [v.sku for v in found[shirt["Name"]].variants] == [r["SKU"] for r in children]


@pytest.mark.data
def test_woocommerce_products_in_portuguese_are_known(data: Data) -> None:
    path = data("shop_exports/woocommerce_products_pt_br.csv")
    table, plan = planned(path)
    assert plan.preset == "woocommerce_products"
    found = [p.draft for p in read(path)]
    assert all(isinstance(d, ProductDraft) for d in found)
    assert sum(len(d.variants) for d in found if isinstance(d, ProductDraft)) > len(found)


def test_a_remembered_mapping_is_taken_again_with_the_stores_own_zone(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, 'nr,wann,wieviel\nA1,05.01.2026,"1,50"\n'))
    first = mapping.propose(table, remembered=None, defaults=DEFAULTS).plan
    first.columns = {"number": "nr", "placed_at": "wann", "total": "wieviel"}
    first.date_order, first.decimal, first.timezone = "dmy", ",", "Europe/Berlin"
    again = mapping.propose(table, remembered=first.to_json(), defaults=DEFAULTS | {"timezone": "Asia/Tokyo"})
    assert again.is_remembered
    assert (again.plan.columns, again.plan.date_order, again.plan.timezone) == (first.columns, "dmy", "Asia/Tokyo")


def test_guesses_carry_samples_and_say_how_sure_they_are(tmp_path: Path) -> None:
    text = "Bestellnummer;Datum;Kunden E-Mail;Gesamtbetrag;Notiz\n" + "B1;31.12.2025;ada@example.com;1.234,50;x\n"
    proposal = mapping.propose(open_table(written(tmp_path, text)), remembered=None, defaults=DEFAULTS)
    guesses = {g.field: g for g in proposal.guesses}
    assert guesses["email"].samples == ("ada@example.com",)
    assert guesses["number"].confidence > 0.9
    assert (proposal.plan.date_order, proposal.plan.decimal) == ("dmy", ",")
    assert "Notiz" not in proposal.plan.columns.values()
    assert {"timezone", "currency", "tax"} <= set(proposal.questions)


def test_day_and_month_are_asked_for_only_where_the_file_does_not_tell(tmp_path: Path) -> None:
    def questions(*dates: str) -> list[str]:
        text = "order,date,total\n" + "".join(f"A{n},{d},5\n" for n, d in enumerate(dates))
        return mapping.propose(open_table(written(tmp_path, text)), remembered=None, defaults=DEFAULTS).questions

    assert "date_order" in questions("01/02/2026", "03/04/2026")
    assert "date_order" not in questions("01/02/2026", "25/12/2025")
    assert "date_order" not in questions("2026-01-02")


def test_a_plan_that_does_not_fit_says_what_is_missing(tmp_path: Path) -> None:
    table = open_table(written(tmp_path, "a,b\nx,y\n"))
    plan = mapping.Plan(
        columns={"email": "gone", "colour": "a"}, timezone="Mars/Base", currency="dollars", date_order=""
    )
    said = " ".join(mapping.check_plan(plan, table))
    for word in ("colour", "gone", "Ordered on", "Total", "time zone", "currency", "day or the month"):
        assert word in said


def test_a_plan_survives_being_kept_as_json() -> None:
    plan = mapping.Plan(columns={"number": "a"}, statuses={"x": "paid"}, delimiter="\t")
    assert mapping.Plan.from_json(plan.to_json() | {"unknown": 1}) == plan


def test_orders_of_two_shops_keep_what_the_presets_say(tmp_path: Path) -> None:
    cells = "E2026,微商城,总店,普通,交易完成,2026-01-05 10:00:00,2026-01-05 10:01:00,,99,6,5,100.00,95.00,咖啡,1"
    text = f"{HEADERS['youzan_orders']}\n{cells},芳芳,186******05,a,b,0\n"
    (order,) = orders(written(tmp_path, text))
    assert isinstance(order, OrderDraft)
    assert (order.gross_minor, order.paid_minor, order.shipping_minor, order.currency) == (10_000, 9_500, 600, "CNY")
    assert order.buyer is not None
    assert (order.buyer.account, order.buyer.phone) == ("芳芳", "")
    assert order.placed_us == 1_767_578_400_000_000
