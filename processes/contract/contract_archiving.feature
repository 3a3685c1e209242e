Feature: 合同归档
  When a contract is performed its papers are put together; an incomplete file is refused, first by the list and then by the clerk.

  Background:
    Given the demonstration company
    And the calendar of 2026
    And the time is "2026-03-02 09:00"
    When "zhou.jie" starts "contract" with:
      | field          | value              |
      | contract_title | 办公设备销售合同   |
      | contract_type  | sales              |
      | text_source    | own                |
      | owner          | zhang.wei          |
      | party_name     | 华星电子有限公司   |
      | party_code     | 91310000MA1FL0AB2X |
      | party_contact  | 陆涛               |
      | party_checked  | true               |
      | subject        | 办公设备及安装     |
      | quantity       | 40 套              |
      | quality        | 符合出厂标准       |
      | amount         | 86000              |
      | currency       | CNY                |
      | direction      | receive            |
      | payment_terms  | 交付后三十天内付清 |
      | start_on       | 2026-03-05         |
      | perform_by     | 2026-05-20         |
      | expires_on     | 2027-03-04         |
      | place          | 对方仓库           |
      | manner         | 送货上门           |
      | breach         | 迟延一天付千分之一 |
      | dispute        | 公司所在地法院     |
      | has_parties    | true               |
      | has_subject    | true               |
      | has_quantity   | true               |
      | has_quality    | true               |
      | has_price      | true               |
      | has_term       | true               |
      | has_place      | true               |
      | has_manner     | true               |
      | has_breach     | true               |
      | has_dispute    | true               |
      | files          | file:销售合同.pdf  |
      | seal           | contract_seal      |
      | copies         | 4                  |
    And "wang.jianhua" completes "Task_review" with outcome "pass" with:
      | field        | value |
      | legality     | ok    |
      | completeness | ok    |
      | accuracy     | ok    |
    Then the instance has called "seal_use"
    And in the called instance
    When "wang.jianhua" completes "Task_manager" with outcome "approve"
    And "gao.yun" completes "Task_check" with outcome "accept" with:
      | field      | value        |
      | check_note | 与审批表相符 |
    And "gao.yun" completes "Task_stamp" with outcome "record" with:
      | field         | value           |
      | stamped_now   | 4               |
      | stamped_files | file:盖章后.pdf |
    Then in the calling instance
    When the time is "2026-03-03 10:00"
    And "zhou.jie" completes "Task_sign" with:
      | field            | value                                                                                                                              |
      | signed_on        | 2026-03-03                                                                                                                         |
      | effective_on     | 2026-03-03                                                                                                                         |
      | our_signer       | 陈国栋                                                                                                                             |
      | party_signer     | 陆涛                                                                                                                               |
      | originals_signed | 2                                                                                                                                  |
      | signed_files     | file:双方签好.pdf                                                                                                                  |
      | distribution     | =[{department: "business_development", copies: 1, duty: "按期交付和安装"}, {department: "finance", copies: 1, duty: "开票和收款"}] |
    And "liu.yang" completes "Task_receipt" with:
      | field         | value |
      | copy_received | true  |
      | duty_clear    | true  |
    And "tang.hui" completes "Task_receipt" with:
      | field         | value    |
      | copy_received | true     |
      | duty_clear    | true     |
      | receipt_note  | 四月开票 |
    Then the instance has called "contract_tracking"
    And in the called instance
    When the time is "2026-04-01 10:00"
    And "zhang.wei" completes "Task_report" with:
      | field        | value            |
      | stage        | settled          |
      | percent      | 100              |
      | delivered_on | 2026-03-28       |
      | settled      | 86000            |
      | invoiced     | 86000            |
      | report_note  | 已交付，货款到账 |
    And "zhou.jie" completes "Task_track" with outcome "fulfilled" with:
      | field      | value  |
      | track_note | 已核对 |
    Then in the calling instance
    And the instance has called "contract_archiving"
    And in the called instance

  Scenario: 资料不全两次被拒，补齐后归档
    When "zhou.jie" completes "Task_gather" with:
      | field            | value   |
      | part_text        | kept    |
      | part_approval    | kept    |
      | part_performance | missing |
      | part_letters     | kept    |
      | part_supplements | missing |
      | pages            | 36      |
    Then the variable "missing" is ["补充协议", "履行记录"]
    And the instance waits in "Task_gather" for "zhou.jie"
    When "zhou.jie" completes "Task_gather" with:
      | field            | value |
      | part_text        | kept  |
      | part_approval    | kept  |
      | part_performance | kept  |
      | part_letters     | kept  |
      | part_supplements | none  |
      | pages            | 36    |
    Then the variable "missing" is []
    And the instance waits in "Task_accept" for "luo.min"
    And the task "Task_accept" is due "2026-04-03 18:00"
    And "zhou.jie" may not complete "Task_accept"
    And completing "Task_accept" by "luo.min" with outcome "refuse" is refused because "comment"
    When "luo.min" completes "Task_accept" with outcome "refuse" and comment "审批表缺会审意见页"
    Then the instance waits in "Task_gather" for "zhou.jie"
    And the task "Task_gather" is due "2026-04-16 18:00"
    When "zhou.jie" completes "Task_gather" with:
      | field            | value |
      | part_text        | kept  |
      | part_approval    | kept  |
      | part_performance | kept  |
      | part_letters     | kept  |
      | part_supplements | none  |
      | pages            | 38    |
    And "luo.min" completes "Task_accept" with outcome "accept"
    And "luo.min" completes "Task_file" with:
      | field     | value      |
      | location  | 二号柜三层 |
      | originals | 2          |
      | keep      | thirty     |
    Then the instance is completed
    And in the calling instance
    And the instance is completed
    And the document "archive_cover" contains "往来函件"
    And the register "contract_ledger" shows:
      | no           | archive_no      | location   | state |
      | HT-2026-0001 | DA-HT-2026-0001 | 二号柜三层 | 归档  |
    And the history verifies

  Scenario: 十个工作日没有归档，提醒经办人，补办后归档
    When the time is "2026-04-16 18:00"
    Then "zhou.jie" has a reminder about "Task_gather"
    And in the calling instance
    And the register "contract_ledger" shows:
      | no           | state  |
      | HT-2026-0001 | 待归档 |
    And in the called instance
    When "zhou.jie" completes "Task_gather" with:
      | field            | value |
      | part_text        | kept  |
      | part_approval    | kept  |
      | part_performance | kept  |
      | part_letters     | kept  |
      | part_supplements | none  |
      | pages            | 36    |
    And "luo.min" completes "Task_accept" with outcome "accept"
    And "luo.min" completes "Task_file" with:
      | field     | value      |
      | location  | 二号柜三层 |
      | originals | 2          |
      | keep      | thirty     |
    Then in the calling instance
    And the instance is completed
    And the register "contract_ledger" shows:
      | no           | state | archived_on |
      | HT-2026-0001 | 归档  | 2026-04-16  |
