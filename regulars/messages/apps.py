"""The room as a Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "regulars.messages"
    label = "ledger"  # "messages" is Django's own

    def ready(self) -> None:
        """Declare kinds, jobs, personal fields and every channel; hear of erased and forgotten people."""
        from regulars.channels import email, sms, webhook, webpush, wechat, weibo
        from regulars.messages import jobs, kinds, personal  # noqa: F401 - each declares something
        from regulars.messages.exporting import answers, touches, wishes
        from regulars.messages.operations.wishes import forget_wishes
        from regulars.people.exporting import SECTIONS
        from regulars.people.operations.forget import STILL_NEEDED
        from regulars.people.operations.records import ON_ERASE

        personal.declare()
        for channel in (email, sms, webhook, webpush, wechat, weibo):
            channel.declare()
        SECTIONS.update({"messages": touches, "wishes": wishes, "answers": answers})
        if forget_wishes not in ON_ERASE:
            ON_ERASE.append(forget_wishes)
            STILL_NEEDED.extend(
                f"EXISTS (SELECT 1 FROM {table} x WHERE x.customer_id = people_customer.id)"  # noqa: S608 - our tables
                for table in ("ledger_touch", "ledger_wish", "ledger_said", "ledger_window")
            )
