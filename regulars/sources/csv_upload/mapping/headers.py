"""Headers that columns go by in files without preset, in the languages of shops we have seen."""

from __future__ import annotations

_WORDS = {
    "number": (
        "order number | order no | order id | order | order # | invoice | invoice no | invoice number | "
        "transaction id | receipt number | bestellnummer | auftragsnummer | 订单号 | 订单编号 | 单号 | 交易号 | "
        "流水号"
    ),
    "placed_at": (
        "date | order date | created at | purchase date | ordered at | created | transaction date | "
        "invoice date | invoicedate | datetime | datum | bestelldatum | 下单时间 | 订单创建时间 | 日期 | "
        "创建时间 | 订单提交时间"
    ),
    "total": (
        "total | amount | order total | grand total | total price | total amount | value | revenue | sales | "
        "sum | betrag | gesamt | gesamtbetrag | 总金额 | 订单金额 | 金额 | 应付金额 | 消费金额"
    ),
    "paid_amount": "paid | amount paid | paid amount | 实付金额 | 买家实际支付金额 | 订单实付金额",
    "account": (
        "customer id | customer number | customer no | customer | user id | buyer id | buyer | client id | "
        "client | member id | kundennummer | 客户编号 | 会员号 | 买家会员名 | 买家昵称 | 用户id | 会员名"
    ),
    "email": "email | e-mail | email address | customer email | mail | 邮箱 | 电子邮件",
    "phone": (
        "phone | mobile | telephone | phone number | mobile phone | tel | telefon | 手机 | 手机号 | 联系手机 | "
        "联系电话 | 电话"
    ),
    "other_phone": "shipping phone | billing phone | phone 2",
    "name": (
        "customer name | name | full name | buyer name | recipient | 收货人 | 收货人姓名 | 姓名 | 客户姓名 | 收件人"
    ),
    "other_name": "shipping name",
    "first_name": "first name | firstname | vorname | given name | 名",
    "last_name": "last name | lastname | surname | nachname | family name | 姓",
    "country": "country | country code | land | 国家",
    "region": "province | state | region | 省 | 省份",
    "city": "city | town | ort | stadt | 市 | 城市",
    "accepts_email": "accepts marketing | accepts email marketing | newsletter",
    "accepts_sms": "accepts sms marketing",
    "status": "status | order status | financial status | payment status | state | 订单状态 | 状态",
    "currency": "currency | currency code | waehrung | währung | 币种 | 货币",
    "paid_at": "paid at | payment date | paid date | 付款时间 | 订单付款时间 | 支付时间",
    "closed_at": "cancelled at | canceled at | cancel date | 取消时间",
    "shipped_at": "shipped at | fulfilled at | ship date | 发货时间",
    "delivered_at": "delivered at | delivery date | 确认收货时间 | 签收时间",
    "discount": "discount | discount amount | 优惠金额 | rabatt",
    "shipping": "shipping | shipping cost | freight | 运费 | 邮费 | versand",
    "tax": "tax | taxes | vat | 税费 | 税额 | mwst",
    "refunded": "refunded | refund | refunded amount | refund amount | 退款金额",
    "outstanding": "outstanding | outstanding balance",
    "items": "items | quantity | qty | number of items | pieces | units | 数量 | 件数 | 宝贝总数量",
    "carrier": "carrier | 物流公司 | 快递公司",
    "tracking": "tracking number | tracking | 物流单号 | 快递单号",
    "line_title": (
        "product | product name | item | item name | description | title | lineitem name | 商品名称 | "
        "商品标题 | 宝贝标题 | 标题 | 商品 | artikel"
    ),
    "line_variant": "variant | variant title | option | size | 商品规格 | 商品属性 | 规格",
    "line_sku": "sku | stockcode | item sku | product sku | article number | 商家编码 | 货号",
    "line_product_id": "product id | item id | 商品id",
    "line_quantity": "lineitem quantity | 购买数量 | 商品数量",
    "line_price": "unit price | item price | 单价 | unitprice",
    "line_total": "line total | item total | 小计",
    "created_at": "created at | customer since | registered | date | 成为客户时间",
    "external_id": "handle | url handle | product id | id | 商品id | 商品编号",
    "title": "title | name | product | product name | 商品名称 | 标题 | 商品标题",
    "sku": "sku | variant sku | 商家编码 | 货号",
    "barcode": "barcode | ean | gtin | upc | 条形码",
    "price": "price | regular price | variant price | 价格 | 售价 | 一口价 | preis",
    "sale_price": "sale price",
    "compare_at": "compare at price | compare-at price | 原价 | 划线价",
    "stock": "stock | inventory | inventory quantity | 库存",
    "vendor": "vendor | brand | supplier | 品牌",
    "category": "category | type | categories | 类目 | 分类",
    "image": "image | image url | image src | 主图 | 图片",
    "is_listed": "published | listed | 上架",
    "option_1": "option1 value | variant | 规格",
    "option_2": "option2 value",
    "option_3": "option3 value",
}
WORDS: dict[str, tuple[str, ...]] = {field: tuple(words.split(" | ")) for field, words in _WORDS.items()}
