<?php
/**
 * The same box in the customer's account, where it can be taken back.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * A line in "Account details".
 */
class Account_Optin {

	const META = 'reprise_optin';

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		if ( Optin::is_shown() ) {
			add_action( 'woocommerce_edit_account_form', array( __CLASS__, 'show' ) );
			add_action( 'woocommerce_save_account_details', array( __CLASS__, 'keep' ) );
		}
	}

	/**
	 * The box, as the customer left it.
	 *
	 * @return void
	 */
	public static function show() {
		$is_ticked = 'yes' === get_user_meta( get_current_user_id(), self::META, true );
		woocommerce_form_field(
			self::META,
			array(
				'type'     => 'checkbox',
				'class'    => array( 'form-row-wide' ),
				'label'    => esc_html( Preferences::box_label() ),
				'required' => false,
			),
			$is_ticked ? 1 : 0
		);
	}

	/**
	 * Keep and tell a change; WooCommerce checked its form's nonce.
	 *
	 * @param int $user_id Whose account.
	 * @return void
	 */
	public static function keep( $user_id ) {
		$kept = (string) get_user_meta( $user_id, self::META, true );
		// phpcs:ignore WordPress.Security.NonceVerification -- see above.
		$said = empty( $_POST[ self::META ] ) ? 'no' : 'yes';
		$user = get_userdata( $user_id );
		if ( ! $user || $kept === $said || ( '' === $kept && 'no' === $said ) ) {
			return;
		}
		update_user_meta( $user_id, self::META, $said );
		Consent::remember( 'yes' === $said );
		Optin::tell( strtolower( $user->user_email ), 'yes' === $said, 'account' );
	}
}
