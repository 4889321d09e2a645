"""What mail programs and providers call the folders that every account has, in the languages of the world.

Names are NFC and case-folded. They count only where the server does not tell a folder's use itself (RFC 6154): Exchange
on premises names its folders in the user's language and flags none of them, and an archive is nothing but names.
"""

from __future__ import annotations

from tracker.domain.message import FolderRole

_SENT = """
    sent | sent items | sent messages | sent mail | sent-mail | sent_mail | sent email | sentbox | outgoing
    gesendet | gesendete elemente | gesendete objekte | gesendete nachrichten | gesendete mails | postausgang gesendet
    éléments envoyés | messages envoyés | envoyés | envoyé | objets envoyés | courrier envoyé
    enviados | elementos enviados | mensajes enviados | correo enviado | itens enviados | mensagens enviadas | enviadas
    enviats | elements enviats | enviado | bidalitakoak | posta inviata | inviata | inviati | elementi inviati
    messaggi inviati | verzonden | verzonden items | verzonden berichten | verstuurd | skickat | skickade objekt
    skickade | skickade meddelanden | sendt | sendt post | sendte elementer | sendte meldinger | sendte | sendt e-post
    sendte beskeder | lähetetyt | lähetetyt viestit | lähetetyt kohteet | saadetud | saadetud kirjad | nosūtītie
    nosūtītās vienības | išsiųsta | išsiųsti | išsiųsti laiškai | wysłane | elementy wysłane | wysłana poczta
    odeslané | odeslaná pošta | odoslané | odoslaná pošta | odoslané položky | elküldött | elküldött elemek
    elküldött üzenetek | elküldött levelek | poslano | poslane stavke | poslana pošta | poslati | poslata pošta
    trimise | elemente trimise | mesaje trimise | изпратени | изпратени елементи | отправленные | отправлено
    отправленные письма | надіслані | надіслані елементи | відправлені | послато | послате ставке | απεσταλμένα
    σταλμένα | gönderilmiş | gönderilmiş öğeler | gönderilenler | gönderilmiş postalar | gönderilen
    נשלחו | דואר שנשלח | פריטים שנשלחו | المرسلة | العناصر المرسلة | البريد المرسل | المرسل | ارسال شده
    भेजे गए | भेजे गए आइटम | ส่งแล้ว | รายการที่ถูกส่ง | รายการที่ส่ง | đã gửi | thư đã gửi | mục đã gửi
    terkirim | item terkirim | pesan terkirim | dihantar | 送信済み | 送信済みアイテム | 送信済みトレイ | 送信済みメール
    已发送 | 已发送邮件 | 已发邮件 | 已傳送 | 寄件備份 | 已寄出 | 寄件備份匣 | 已发送的邮件 | 보낸편지함 | 보낸 편지함
    보낸메일함 | 보낸 메일함
"""
_JUNK = """
    junk | junk e-mail | junk email | junk mail | spam | bulk | bulk mail | junk-e-mail | junk-email
    spamverdacht | werbung | unerwünscht | courrier indésirable | indésirables | pourriel | correo no deseado
    no deseado | lixo eletrônico | lixo eletrónico | correio eletrónico não solicitado | posta indesiderata
    ongewenste e-mail | ongewenst | skräppost | uønsket e-post | søppelpost | uønsket mail | uønsket post
    roskaposti | wiadomości-śmieci | niechciane | nevyžádaná pošta | nevyžádané | nevyžiadaná pošta | levélszemét
    neželena pošta | neželjena pošta | mesaje nedorite | нежелана поща | нежелательная почта | спам | небажана пошта
    ανεπιθύμητη αλληλογραφία | ανεπιθύμητα | önemsiz | önemsiz e-posta | gereksiz | istenmeyen | דואר זבל
    البريد العشوائي | بريد غير هام | 迷惑メール | 垃圾邮件 | 垃圾郵件 | 스팸메일함 | 정크 메일 | 스팸함
"""
_TRASH = """
    trash | deleted items | deleted messages | deleted | bin | wastebasket | papierkorb | gelöscht
    gelöschte elemente | gelöschte objekte | corbeille | éléments supprimés | messages supprimés | papelera
    elementos eliminados | eliminados | lixeira | lixo | itens excluídos | itens eliminados | cestino
    posta eliminata | eliminata | elementi eliminati | prullenbak | prullenmand | verwijderde items | papperskorgen
    papperskorg | borttaget | borttagna objekt | papirkurv | slettede elementer | slettet post | søppelbøtte
    roskakori | poistetut | kosz | elementy usunięte | usunięte | koš | odstraněná pošta | odstránená pošta | kôš
    kuka | lomtár | törölt elemek | smeće | izbrisano | coș de gunoi | elemente șterse | кошче | изтрити елементи
    корзина | удаленные | удалённые | кошик | видалені | απορρίμματα | κάδος | διαγραμμένα | çöp | çöp kutusu
    silinmiş öğeler | אשפה | פריטים שנמחקו | المهملات | العناصر المحذوفة | ゴミ箱 | ごみ箱 | 削除済みアイテム
    已删除 | 已删除邮件 | 废件箱 | 已刪除的郵件 | 刪除的郵件 | 垃圾桶 | 휴지통 | 지운 편지함
"""
_DRAFTS = """
    drafts | draft | entwürfe | entwurf | brouillons | brouillon | borradores | rascunhos | esborranys | bozze
    concepten | concept | utkast | kladder | kladde | luonnokset | mustandid | melnraksti | juodraščiai
    kopie robocze | wersje robocze | szkice | koncepty | rozepsané | piszkozatok | osnutki | skice | nacrti | ciorne
    schițe | чернови | черновики | чернетки | πρόχειρα | taslaklar | טיוטות | المسودات | مسودات | ड्राफ़्ट | ร่าง
    thư nháp | bản nháp | draf | 下書き | 草稿 | 草稿箱 | 草稿匣 | 임시보관함 | 임시 보관함
"""
_NOT_SENT_YET = """
    outbox | unsent messages | unsent | scheduled | send later | snoozed drafts | postausgang | geplant
    boîte d'envoi | planifié | planifiés | programmés | bandeja de salida | programados | caixa de saída | agendado
    posta in uscita | programmati | postvak uit | gepland | utkorgen | schemalagda | utboks | udbakke | planlagt
    lähtevät | skrzynka nadawcza | zaplanowane | pošta k odeslání | naplánované | pošta na odoslanie | postázandó
    исходящие | запланированные | вихідні | изходяща кутия | εξερχόμενα | giden kutusu | דואר יוצא | علبة الصادر
    送信トレイ | 予約済み | 发件箱 | 寄件匣 | 보낼 편지함 | 보낼편지함
    templates | vorlagen | modèles | plantillas | modelos | modelli | sjablonen | mallar | maler | skabeloner | mallit
    szablony | šablony | sablonok | șabloane | шаблоны | шаблони | πρότυπα | şablonlar | テンプレート | 模板 | 範本
"""


def _table(text: str) -> frozenset[str]:
    return frozenset(name.strip().casefold() for line in text.splitlines() for name in line.split("|") if name.strip())


ROLE_NAMES: dict[FolderRole, frozenset[str]] = {
    FolderRole.SENT: _table(_SENT),
    FolderRole.JUNK: _table(_JUNK),
    FolderRole.TRASH: _table(_TRASH),
}
"""Names by what they stand for. The folder of all mail is known by its attribute alone."""

DRAFT_NAMES: frozenset[str] = _table(_DRAFTS)
"""What is still being written."""

NOT_SENT_YET: frozenset[str] = DRAFT_NAMES | _table(_NOT_SENT_YET)
"""Drafts, what waits to be sent, and what is there to be copied: no facts yet."""
